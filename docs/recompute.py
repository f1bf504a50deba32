"""Computes one line of a sweep's summary again from its CSV and its predictions: docs/statistics.md in Python.

    python3 docs/recompute.py results/default 12      (the 12th line below the head)
"""
import base64, csv, json, math, sys

DRAWS, Z = 2000, 1.959963984540054

def table(file):
    return list(csv.DictReader(open(file, encoding="utf-8", newline="")))

def classes(changes, base):
    out, image, gap, shift, is_class = list(base), -1, 0, 0, False
    for byte in base64.b64decode(changes):
        if is_class:
            image, gap, shift = image + gap + 1, 0, 0
            out[image] = -1 if byte == 255 else byte
        else: gap, shift = gap | (byte & 127) << shift, shift + 7
        is_class = not is_class and byte < 128
    return out

def philox(k0, k1, x0, x1, x2, x3, low=2**32 - 1):
    for _ in range(10):
        p, q = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = q >> 32 ^ x1 ^ k0, q & low, p >> 32 ^ x3 ^ k1, p & low
        k0, k1 = k0 + 0x9E3779B9 & low, k1 + 0xBB67AE85 & low
    return x0, x1, x2, x3

def numbers_of(draw):
    words = (word for block in range(2**32) for word in philox(0, 8, draw, 0, block, 0))
    return lambda b: next(word for word in words if word < 2**32 - 2**32 % b) % b

def normal(unit, draw):
    h = 0xCBF29CE484222325
    for byte in unit.encode(): h = (h ^ byte) * 0x100000001B3 % 2**64
    u, v, _, _ = philox(0, 9, h >> 32, h % 2**32, draw, 0)
    return math.sqrt(-2 * math.log((u + 1) / 2**32)) * math.cos(2 * math.pi * v / 2**32)

def wilson(right, n):
    p, whole = right / n, 1 + Z**2 / n
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n * n))
    return (p + Z**2 / (2 * n) - half) / whole, (p + Z**2 / (2 * n) + half) / whole

def tango(b, c, n):
    def score(d):
        linear = (2 * n - b + c) * d - b - c
        q = (math.sqrt(max(0, linear**2 + 8 * n * c * d * (1 - d))) - linear) / (4 * n)
        return (b - c - n * d) / math.sqrt(max(1e-300, n * (2 * q + d * (1 - d))))
    def end(level, low=-1, high=1):
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if score(middle) > level else (low, middle)
        return low
    return end(Z), end(-Z)

def sign_flip(differences):
    masses = [2.0**900]  # of the sum of what has the sign +, scaled so that 1e-300 is no subnormal
    for size in (abs(d) for d in differences if d):
        none = [0.0] * size
        masses = [(a + b) / 2 for a, b in zip(masses + none, none + masses)]
    all_of_them, seen = len(masses) - 1, abs(sum(differences))
    return min(1, sum(mass for y, mass in enumerate(masses) if abs(2 * y - all_of_them) >= seen) / 2.0**900)

def hull(draws, score):
    ordered = sorted(draws)
    return min(ordered[50], score[0]), max(ordered[1949], score[1])

name, wanted = sys.argv[1], int(sys.argv[2]) - 1
rows, summary, stored = table(name + ".csv"), table(name + ".summary.csv"), json.load(open(name + ".predictions.json"))
n, zeros, floats, right = stored["images"], [0] * stored["images"], {}, {}
labels = classes(stored["labels"], zeros)
for run in stored["runs"]:
    own = classes(run["changes"], zeros if run["kind"] == "baseline" else floats[run["seed"]])
    if run["kind"] == "baseline": floats[run["seed"]] = own
    for row in run["rows"]: right[row] = [int(a == b) for a, b in zip(own, labels)]
lines, heads = {}, list(rows[0])
for i, row in enumerate(rows):
    found = ("format", "weights", "activations") if row["fraction"] == "best" else ()
    point = tuple(row[head] for head in heads[:heads.index("seed")] if head not in found)
    price = tuple(row[head] for head in ("units", "cost", "requantizer", "lanes", "version"))
    lines.setdefault((point, price), []).append(i)
places = [sorted(line, key=lambda i: int(rows[i]["seed"])) for line in lines.values()]
base = next(line for line in places if rows[line[0]]["dataflow"] == "float")
S, line = len(base), places[wanted]
wrong = [[[i for i in range(n) if not right[row][i]] for row in one] for one in places]
accuracies = [[] for _ in places]
for draw in range(DRAWS):
    below, times = numbers_of(draw), [0] * n
    seeds = [below(S) for _ in range(S - 1)] or [0]
    for _ in range(n): times[below(n)] += 1
    for own, images in zip(accuracies, wrong):
        missed = sum(sum(map(times.__getitem__, images[s])) for s in seeds)
        own.append((len(seeds) * n - missed) / (len(seeds) * n))

def paired(one):
    pairs = [[right[a][i] - right[b][i] for a, b in zip(one, base)] for i in range(n)]
    gained, lost = (sum(image.count(sign) for image in pairs) / S for sign in (1, -1))
    return tango(gained, lost, n), sign_flip([sum(image) for image in pairs])

def on_front(draw):  # whether no other line is as good in both, and better in one
    accuracy, product = mine = accuracies[wanted][draw], products[wanted][draw]
    return not any(accuracies[i][draw] >= accuracy and products[i][draw] <= product
                   and (accuracies[i][draw], products[i][draw]) != mine for i in products)

def chance(p):
    return "<1e-300" if p < 1e-300 else f"{p:.6f}" if p >= 1e-4 else f"{p:.3e}".replace("e-0", "e-")

mean = lambda one, head: sum(float(rows[i][head]) for i in one) / S
group = lambda one: [rows[one[0]][head] for head in ("network", "dataset", "cost")]
score = wilson(sum(sum(right[i]) for i in line) / S, n)
found = dict(zip(("accuracy_low", "accuracy_high"), hull(accuracies[wanted], score) if S > 1 else score))
found = {name: f"{value:.6f}" for name, value in found.items()}
if rows[line[0]]["dataflow"] != "float":
    score, p = paired(line)
    drawn = [a - b for a, b in zip(accuracies[wanted], accuracies[places.index(base)])]
    low, high = hull(drawn, score) if S > 1 else score
    ps = {point: paired(one)[1] for (point, _), one in zip(lines, places) if rows[one[0]]["dataflow"] != "float"}
    holm = min(1, max((len(ps) - k) * q for k, q in enumerate(sorted(ps.values())) if q <= p))
    found |= {"drop_low": f"{0 - high:.6f}", "drop_high": f"{0 - low:.6f}", "p": chance(p), "corrected_p": chance(holm)}
    priced = [i for i, one in enumerate(places) if rows[one[0]]["dataflow"] != "float" and group(one) == group(line)
              and all(rows[row]["edp_sigma"] != "n/a" and rows[row]["edp_pj_ns"] != "n/a" for row in one)]
    z = {unit: [normal(unit, draw) for draw in range(DRAWS)] for unit in {summary[i]["unit"] for i in priced}}
    terms = {i: (mean(places[i], "edp_pj_ns"), mean(places[i], "edp_sigma"), z[summary[i]["unit"]]) for i in priced}
    products = {i: [edp * math.exp(sigma * one) for one in own] for i, (edp, sigma, own) in terms.items()}
    if wanted in products: found["front_probability"] = f"{sum(map(on_front, range(DRAWS))) / DRAWS:.6f}"
print(f"{'':20}{'summary':>14}{'computed':>14}")
for head, value in found.items():
    print(f"{head:20}{summary[wanted][head]:>14}{value:>14}")
