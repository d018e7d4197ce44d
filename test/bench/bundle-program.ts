import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundle } from '../../packaging/bundle.ts';

/**
 * Bundles a program of `programs/`, as the program itself is bundled: parts of ours that no command runs alone.
 * @param file its name there
 * @returns file for Node
 */
export async function bundleProgram(file: string, folder: string): Promise<string> {
	const name = path.parse(file).name;
	const { outputFiles } = await bundle({
		entryPoints: { [name]: path.join(import.meta.dirname, 'programs', file) },
		outdir: folder,
		define: { ZFS_LOCKSTEP_STANDALONE: 'false' },
	});
	const [output] = outputFiles;
	if (output === undefined) throw new Error(`${file} makes no program.`);
	const made = path.join(folder, `${name}.mjs`);
	writeFileSync(made, output.contents);
	return made;
}
