import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withTeacher } from '../../config/teacher-session';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import type { KeptVectors } from '../../training/benchmark/model-rankings';
import { asTeacher, teacherOf, type Teacher } from '../../training/teacher';
import type { Arguments } from './args';
import { loadEmbedder, type LoadedEmbedder } from './checkpoint';
import { ModelArgument } from './model-argument';
import { storeFolder } from './model-store';
import { progress } from './output';
import { writeWhole } from './output-file';

/** The flag `--teacher MODEL`: the folder of a small embedder, or its hash. */
export class TeacherArgument {
  private readonly model;

  constructor(args: Arguments) {
    this.model = new ModelArgument(args, {
      flag: 'teacher',
      what: 'the teacher',
      expected: 'its folder',
      open: embedder,
    });
  }

  /** The session with the flag's teacher, where it names none itself. */
  async startFrom(session: Session): Promise<Session> {
    if (!this.model.isGiven || session.sft.teacher.sha256 !== '') return session;
    if (session.task.name !== 'text') {
      throw new InputError(`--teacher: given with task ${session.task.name}, expected it with the task text alone`);
    }
    const teacher = await this.model.asNamed();
    return teacher ? withTeacher(session, teacher) : session;
  }

  /**
   * Opens the teacher that a session names: the flag's model, else the kept one of its hash.
   * @throws InputError where there is none, another one, or a model of another kind.
   */
  async open(session: Session): Promise<Teacher | null> {
    const { teacher } = session.sft;
    if (teacher.sha256 === '') return null;
    const { opened, hash, where } = await this.model.of(teacher);
    return { ...teacherOf(session, opened, hash, where), kept: keptEmbeddings };
  }
}

/** Opens an embedder. @throws InputError for a model of another kind, before it is hashed. */
async function embedder(named: string): Promise<LoadedEmbedder> {
  const loaded = await loadEmbedder(named);
  asTeacher(loaded, loaded.folder);
  return loaded;
}

/**
 * Keeps the teacher's embeddings beside the kept models, for the next run on the same documents; where nothing can be
 * kept they are computed again.
 */
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
        writeWhole(path, new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength));
      } catch (error) {
        progress(
          `${path}: the teacher's embeddings are not kept (${error instanceof Error ? error.message : 'no room'})`,
        );
      }
      return Promise.resolve();
    },
  };
}
