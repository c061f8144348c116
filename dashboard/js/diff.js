// Where two rule texts differ, word by word (longest common subsequence).

const MOST_WORDS = 1500;

/** [[same|only, text]] for each of the two texts. */
export function differences(a, b) {
  const x = words(a);
  const y = words(b);
  const table = lengths(x, y);
  const left = [];
  const right = [];
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && same(x[i], y[j])) {
      push(left, "same", x[i++]);
      push(right, "same", y[j++]);
    } else if (j >= y.length || (i < x.length && table[i + 1][j] >= table[i][j + 1]))
      push(left, "only", x[i++]);
    else push(right, "only", y[j++]);
  }
  return [left, right];
}

const words = (text) => (text.match(/\S+\s*/g) ?? []).slice(0, MOST_WORDS);
const bare = (word) =>
  word
    .trim()
    .toLowerCase()
    .replace(/[.,;:!?"'“”‘’()]/g, "");
const same = (a, b) => bare(a) === bare(b);

function lengths(x, y) {
  const table = Array.from({ length: x.length + 1 }, () => new Uint16Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let j = y.length - 1; j >= 0; j -= 1) {
      table[i][j] = same(x[i], y[j]) ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}

function push(parts, kind, word) {
  if (parts.at(-1)?.[0] === kind) parts.at(-1)[1] += word;
  else parts.push([kind, word]);
}
