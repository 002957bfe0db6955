import { benchPage } from '../page/vite.ts';

export default benchPage('generation');
