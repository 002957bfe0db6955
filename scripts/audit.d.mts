export interface AuditOutcome {
  outcome: 'passed' | 'failed' | 'skipped';
  says: string;
}

export declare function judge(text: string): AuditOutcome;
export declare function audit(): AuditOutcome;
