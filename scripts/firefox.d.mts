import type { LaunchOptions } from 'puppeteer-core';

export declare function findFirefox(): string | null;
export declare function firefoxLaunch(): LaunchOptions;
export declare function setupFirefox(): string | null;
