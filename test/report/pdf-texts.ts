/** The texts of a PDF as its reader would copy them: codes of the page's content through each font's table of letters. */
import { inflateSync } from 'node:zlib';

export function pdfTexts(pdf: Buffer): string[] {
  const source = pdf.toString('latin1');
  const objects = new Map(
    [...source.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, number, body]) => [number!, body!]),
  );
  const streamOf = (number: string): string => {
    const body = objects.get(number)!;
    const inner = /stream\n([\s\S]*)\nendstream/.exec(body)![1]!;
    return inflateSync(Buffer.from(inner, 'latin1')).toString('latin1');
  };
  const fonts = new Map(
    [...source.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => {
      const [, table] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(number!)!)!;
      return [name!, lettersOf(streamOf(table!))];
    }),
  );
  const [, page] = /\/Contents (\d+) 0 R/.exec(source)!;
  const texts: string[] = [];
  let letters: readonly string[] = [];
  for (const [, font, shown] of streamOf(page!).matchAll(/\/(F\d+) [\d.]+ Tf|\[(<[^\]]*)\] TJ/g)) {
    if (font !== undefined) letters = fonts.get(font)!;
    else {
      const codes = [...shown!.matchAll(/<([0-9a-f]+)>/g)].flatMap(([, hex]) => hex!.match(/.{4}/g)!);
      texts.push(codes.map((code) => letters[Number.parseInt(code, 16)]).join(''));
    }
  }
  return texts;
}

/** Ranges of codes with a letter each, as PDFKit writes them. */
function lettersOf(table: string): string[] {
  const letters: string[] = [];
  for (const [, from, , list] of table.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g)) {
    const entries = [...list!.matchAll(/<([0-9a-f ]*)>/g)].map(([, hex]) =>
      String.fromCharCode(
        ...(hex!.replaceAll(' ', '').match(/.{4}/g) ?? []).map((code) => Number.parseInt(code, 16)),
      ),
    );
    entries.forEach((letter, i) => {
      letters[Number.parseInt(from!, 16) + i] = letter;
    });
  }
  return letters;
}
