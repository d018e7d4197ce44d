/** What kind of machine the guest gets, as QEMU's command line. */
import path from 'node:path';

/** What a saved machine can only be resumed with: the same devices in the same order. */
export interface MachineShape {
	readonly memoryMiB: number;
	readonly processors: number;
	readonly poolDisks: number;
}

/**
 * What the disks do with writes. `unsafe` forgets flushes and is fastest; `writeback` and `none` have a write cache that
 * is lost with the power, above and beside this host's page cache; `writethrough` has none.
 */
export const cacheModes = ['unsafe', 'writeback', 'none', 'writethrough'] as const;
export type CacheMode = (typeof cacheModes)[number];

export interface PowerOnOptions {
	readonly cacheMode?: CacheMode;
	/** Boots this kernel instead of the boot loader on the disk; only the image build needs it. */
	readonly kernel?: { readonly image: string; readonly initrd: string; readonly commandLine: string };
	/** A saved memory image (zstd) to go on from. */
	readonly memoryImage?: string;
}

export const poolDiskGiB = 1;

/** Emulated in software everywhere: hardware acceleration is absent or broken on many CI machines. */
const emulation = ['-machine', 'pc,hpet=off', '-accel', 'tcg,thread=multi,tb-size=512', '-cpu', 'Nehalem'];

export function diskNames(shape: MachineShape): string[] {
	return ['root', ...Array.from({ length: shape.poolDisks }, (_, index) => `pool${index + 1}`)];
}

/**
 * @param folder of the machine; holds ROOT.qcow2 and poolN.qcow2, `program.raw`, the sockets and logs.
 * The guest sees the disks as vda, vdb... and /dev/disk/by-id/virtio-POOL1...; the program's disk is the last one.
 */
export function qemuArguments(folder: string, shape: MachineShape, options: PowerOnOptions): string[] {
	const inside = (name: string): string => path.join(folder, name);
	const cache = options.cacheMode ?? 'unsafe';
	const socket = (id: string): string[] => [
		'-chardev',
		`socket,id=${id},path=${inside(`${id}.sock`)},server=on,wait=off`,
	];
	const drive = (id: string, file: string, settings: string): string[] => [
		...['-drive', `file=${inside(file)},if=none,id=${id},${settings}`],
		...['-device', `virtio-blk-pci,drive=${id},serial=${id.toUpperCase()}`],
	];
	return [
		...emulation,
		...['-smp', String(shape.processors), '-m', String(shape.memoryMiB)],
		...['-nodefaults', '-no-user-config', '-display', 'none', '-daemonize', '-pidfile', inside('pid')],
		...diskNames(shape).flatMap((name) => drive(name, `${name}.qcow2`, `format=qcow2,cache=${cache},discard=unmap`)),
		...drive('program', 'program.raw', 'format=raw,readonly=on'),
		...[
			'-chardev',
			`socket,id=serial,path=${inside('serial.sock')},server=on,wait=off,logfile=${inside('serial.log')}`,
		],
		...['-serial', 'chardev:serial', '-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
		...[...socket('agent'), '-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
		...[...socket('hvc'), '-device', 'virtconsole,chardev=hvc'],
		...['-qmp', `unix:${inside('qmp.sock')},server=on,wait=off`],
		...bootArguments(options),
	];
}

function bootArguments(options: PowerOnOptions): string[] {
	const { kernel, memoryImage } = options;
	return [
		...(kernel ? ['-kernel', kernel.image, '-initrd', kernel.initrd, '-append', kernel.commandLine] : []),
		...(memoryImage ? ['-incoming', `exec:zstd -dqc '${memoryImage}'`] : []),
	];
}
