import { expose } from 'comlink';
import { ModelStore } from '../models/model-store';
import { prepareMessages } from '../wire';
import { Hub } from './hub';

// The worker of the hub's page: it answers the page's messages with a `Hub`.

prepareMessages();
expose(new Hub(HUB ?? '', ModelStore.open()));
