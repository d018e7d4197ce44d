import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { Lines } from '../../src/ui/components/lines.js';
import { line, span } from '../../src/ui/text/line.js';

describe('rows of the screen', () => {
	it('take one row each, however long they are', () => {
		const { lastFrame } = render(<Lines lines={[line('x'.repeat(500)), [], line('end')]} colour={false} />);
		const rows = lastFrame()?.split('\n') ?? [];
		expect(rows).toHaveLength(3);
		expect(rows[2]).toBe('end');
	});

	it('fill the height that they were given and no more', () => {
		const many = Array.from({ length: 10 }, (_, index) => line(`row ${index}`));
		expect(
			render(<Lines lines={many} colour={false} rows={4} />)
				.lastFrame()
				?.split('\n'),
		).toHaveLength(4);
		expect(
			render(<Lines lines={[line('one')]} colour={false} rows={3} />)
				.lastFrame()
				?.split('\n'),
		).toHaveLength(3);
	});

	it('carry no control characters', () => {
		const hostile = [span('a\u001b[2Jb'), span('\u0007c\nd\te')];
		expect(render(<Lines lines={[hostile]} colour={false} />).lastFrame()).toBe('abc d    e');
	});
});
