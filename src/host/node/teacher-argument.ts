import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withTeacher } from '../../config/teacher-session';
import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import { InputError } from '../../lib/errors';
import type { KeptVectors } from '../../training/benchmark/model-rankings';
import { titleOf } from '../../training/take-home/folders';
import { asTeacher, teacherOf, type Teacher } from '../../training/teacher';
import type { Arguments } from './args';
import { loadEmbedder } from './checkpoint';
import { keptModels, storeFolder } from './model-store';
import { progress } from './output';

/** `--teacher MODEL`: the folder of a small embedder, or its hash; opened and hashed once. */
export class TeacherArgument {
  private readonly named: string | null;
  private hashed: Promise<{ opened: AnyOpenedModel; hash: string; where: string }> | null = null;

  constructor(args: Arguments) {
    this.named = args.optional('teacher') ?? null;
  }

  /** A session that learns from the embedder that the command was given, where it names none itself. */
  async startFrom(session: Session): Promise<Session> {
    if (this.named === null || session.sft.teacher.sha256 !== '') return session;
    if (session.task.name !== 'text') {
      throw new InputError(`--teacher: given with task ${session.task.name}, expected it with the task text alone`);
    }
    const { where, hash } = await this.given(this.named);
    return withTeacher(session, { sha256: hash, name: titleOf(where), from: '' });
  }

  /**
   * The teacher that a session names, opened: what the command was given, else the kept model of its hash.
   * @throws InputError where it is nowhere, another one, or a model of another kind.
   */
  async open(session: Session): Promise<Teacher | null> {
    const { sha256, name, from } = session.sft.teacher;
    if (sha256 === '') return null;
    if (this.named === null && !keptModels().some(({ hash }) => hash === sha256)) {
      throw new InputError(
        `--teacher: missing, expected ${name || 'the teacher'} (${sha256.slice(0, 12)}…)${from && `, which came from ${from}`}: its folder, or kept by lab models add`,
      );
    }
    const { opened, hash, where } = await this.given(this.named ?? sha256);
    return { ...teacherOf(session, opened, hash, where), kept: keptEmbeddings };
  }

  private given(named: string) {
    return (this.hashed ??= hashedEmbedder(named));
  }
}

async function hashedEmbedder(named: string) {
  const { folder: where, ...opened } = await loadEmbedder(named);
  asTeacher(opened, where);
  progress(`${where}: hashing`);
  return { opened, hash: await opened.hash(), where };
}

/** Embeddings beside the kept models, for the next run on the same documents; where nothing can be kept they are made again. */
function keptEmbeddings(key: string): KeptVectors {
  const path = join(dirname(storeFolder()), 'embeddings', `${key}.f32`);
  return {
    read: (floats) => {
      try {
        const bytes = readFileSync(path);
        if (bytes.length !== 4 * floats) return Promise.resolve(null);
        return Promise.resolve(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
      } catch {
        return Promise.resolve(null);
      }
    },
    keep: (vectors) => {
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.part`, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
        renameSync(`${path}.part`, path);
      } catch (error) {
        progress(
          `${path}: the teacher's embeddings are not kept (${error instanceof Error ? error.message : 'no room'})`,
        );
      }
      return Promise.resolve();
    },
  };
}
