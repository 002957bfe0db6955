import { expose } from 'comlink';
import { ModelStore } from '../models/model-store';
import { prepareMessages } from '../wire';
import { Hub } from './hub';

prepareMessages();
expose(new Hub(HUB ?? '', ModelStore.open()));
