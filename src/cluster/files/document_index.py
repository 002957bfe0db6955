"""A corpus's embeddings that follow the model: search, re-encode what matters, compensate, search again, score."""

import faiss
import numpy as np

# Of a score, in units of sqrt(1 - cosine) of a document's own drift; measured by the lab (docs/decisions/graph-index.md).
SCORE_ERROR = 0.25
RATE_UPDATE, CORPUS_RATE_UPDATE = 0.5, 0.2
# Above, the exact index gives way to a graph.
EXACT_UP_TO = 50_000


def dcg_reward(ranking, relevant, k):
    """Sum of grade / log2(1 + rank) over the first k, divided by its ideal: in [0, 1]."""
    grades = dict(relevant)
    gain = sum(grades.get(int(document), 0) / np.log2(rank + 2) for rank, document in enumerate(ranking[:k]))
    ideal = sum(grade / np.log2(rank + 2) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:k]))
    return float(gain / ideal) if ideal > 0 else 0.0


def best_rank(ranking, relevant):
    """Rank of the best relevant document, from 1; 0 where none was found."""
    wanted = {document for document, grade in relevant if grade > 0}
    return next((rank + 1 for rank, document in enumerate(ranking) if int(document) in wanted), 0)


class DocumentIndex:
    """Every rank keeps the same one; `encode(rows)` shares the work and gives all of them all rows (n, d)."""

    def __init__(self, count, settings, reward_k, encode):
        self.settings, self.k, self.encode = settings, reward_k, encode
        self.depth = min(count, max(reward_k, settings["ef"]))
        self.vectors = encode(np.arange(count))
        self.encoded_at = np.zeros(count, dtype=np.int64)
        self.rate = np.full(count, -1.0)
        self.corpus_rate = -1.0
        # The plane of the picture: the first two principal components of the documents as they are now.
        self.plane = np.linalg.svd(self.vectors - self.vectors.mean(0), full_matrices=False)[2][:2].T.copy()
        self.rebuild()

    def state(self):
        rates = {"encoded_at": self.encoded_at, "rate": self.rate, "corpus_rate": np.array([self.corpus_rate])}
        return {"vectors": self.vectors, "plane": self.plane, **rates}

    @property
    def positions(self):
        return self.vectors @ self.plane

    def restore(self, state):
        self.vectors, self.encoded_at, self.rate = state["vectors"], state["encoded_at"], state["rate"]
        self.plane = state["plane"]
        self.corpus_rate = float(state["corpus_rate"][0])
        self.rebuild()

    def rebuild(self):
        """faiss's graph forgets nothing, so it is made again; by one thread, whose order of insertions is the same each time."""
        count, d = self.vectors.shape
        if count <= EXACT_UP_TO:
            self.index = faiss.IndexFlatIP(d)
        else:
            faiss.omp_set_num_threads(1)
            self.index = faiss.IndexHNSWFlat(d, self.settings["M"], faiss.METRIC_INNER_PRODUCT)
            self.index.hnsw.efConstruction = self.settings["ef_construction"]
            self.index.hnsw.efSearch = self.settings["ef"]
        self.index.add(self.vectors)

    def search(self, queries):
        """@returns scores and documents, best first, (n, depth)."""
        return self.index.search(queries, self.depth)

    def refresh(self, step, queries, relevant):
        """What is searched by `queries` (n, d) after the refresh is rewarded; the order decides. @returns rankings, record."""
        before = self.search(queries) if len(queries) else None
        rows = self.choose(step, queries, relevant, before)
        record = {"reencoded": [], "compensated": {"count": 0, "mean_drift": 0.0}}
        if len(rows):
            fresh, stored = self.encode(rows), self.vectors[rows].copy()
            drift = np.maximum(0, 1 - np.einsum("nd,nd->n", stored.astype(np.float64), fresh))
            ages = step - self.encoded_at[rows]
            record["reencoded"] = [
                {"doc": int(doc), "drift": float(moved), "age": int(age)} for doc, moved, age in zip(rows, drift, ages)
            ]
            self.note_encoded(rows, drift, ages, step)
            self.vectors[rows] = fresh
            if self.settings["policy"] == "local" and self.settings["compensate"]:
                record["compensated"] = self.compensate(rows, stored, fresh)
            self.rebuild()
        after = self.search(queries) if len(queries) and len(rows) else before
        record["before"], record["after"] = before and before[1], after and after[1]
        return ([] if after is None else after[1]), record

    def choose(self, step, queries, relevant, found):
        """Rows that the policy re-encodes, ascending."""
        policy, count = self.settings["policy"], len(self.vectors)
        if policy == "none" or (policy == "periodic" and step % self.settings["period"] != 0):
            return np.arange(0)
        if policy != "local":
            return np.arange(count)
        budget = max(1, int(self.settings["budget"] * count + 0.5))
        doubts = self.contested(step, queries, relevant, found) if found else {}
        ranked = sorted((item for item in doubts.items() if item[1] > 0), key=lambda item: (-item[1], item[0]))
        chosen = {row for row, _ in ranked[: int(budget * (1 - self.settings["oldest_share"]) + 0.5)]}
        stale = [row for row in np.argsort(self.encoded_at, kind="stable") if self.encoded_at[row] < step]
        oldest = [int(row) for row in stale if int(row) not in chosen]
        return np.array(sorted(chosen | set(oldest[: max(0, budget - len(chosen))])), dtype=np.int64)

    def contested(self, step, queries, relevant, found):
        """How much of the rewards hangs on each document's staleness: what a swap of two neighbours in rank would change."""
        doubts = {}
        unknown = self.corpus_rate if self.corpus_rate >= 0 else 1.0
        variances = SCORE_ERROR**2 * np.where(self.rate >= 0, self.rate, unknown) * (step - self.encoded_at)
        for query, grades, scores, ids in zip(queries, relevant, *found):
            for wanted, grade in grades:
                if grade <= 0:
                    continue
                score, own = float(query @ self.vectors[wanted]), variances[wanted]
                others = ids != wanted
                rank = 1 + int(np.sum(others & (scores > score)))
                gaps, other = scores[others] - score, variances[ids[others]]
                swapped = np.where(gaps > 0, rank - 1, rank + 1)
                change = grade * np.abs(1 / np.log2(1 + np.maximum(swapped, 1)) - 1 / np.log2(1 + rank))
                total = own + other
                with np.errstate(divide="ignore", invalid="ignore"):
                    doubt = np.where(total > 0, change * np.exp(-gaps * gaps / (2 * total)), 0)
                    shares = np.where(total > 0, doubt * other / total, 0), np.where(total > 0, doubt * own / total, 0)
                for row, share in zip(ids[others], shares[0]):
                    doubts[int(row)] = doubts.get(int(row), 0.0) + float(share)
                doubts[wanted] = doubts.get(wanted, 0.0) + float(shares[1].sum())
        return doubts

    def note_encoded(self, rows, drift, ages, step):
        self.encoded_at[rows] = step
        seen = ages > 0
        if not seen.any():
            return
        observed, rows = drift[seen] / ages[seen], rows[seen]
        known = self.rate[rows]
        self.rate[rows] = np.where(known < 0, observed, known + RATE_UPDATE * (observed - known))
        mean = float(observed.mean())
        self.corpus_rate = mean if self.corpus_rate < 0 else self.corpus_rate + CORPUS_RATE_UPDATE * (mean - self.corpus_rate)

    def compensate(self, rows, stored, fresh):
        """Ridge from stored to fresh, then x <- normalise(x + xW) for every document that was not re-encoded."""
        stored, fresh = stored.astype(np.float64), fresh.astype(np.float64)
        gram = stored.T @ stored + self.settings["ridge"] * np.eye(stored.shape[1])
        moved = np.linalg.solve(gram, stored.T @ (fresh - stored))
        others = np.setdiff1d(np.arange(len(self.vectors)), rows)
        old = self.vectors[others].astype(np.float64)
        new = old + old @ moved
        new /= np.maximum(np.linalg.norm(new, axis=1, keepdims=True), 1e-12)
        self.vectors[others] = new.astype(np.float32)
        drift = np.maximum(0, 1 - np.einsum("nd,nd->n", old, new))
        return {"count": len(others), "mean_drift": float(drift.mean()) if len(others) else 0.0}

    def metrics(self, record, step):
        count, ages, drift = len(self.vectors), step - self.encoded_at, [row["drift"] for row in record["reencoded"]]
        measured = {
            "refresh/reencoded": len(drift),
            "refresh/share": len(drift) / count,
            "refresh/compensated": record["compensated"]["count"],
            "refresh/compensated_drift": record["compensated"]["mean_drift"],
            "refresh/age_mean": float(ages.mean()),
            "refresh/age_max": int(ages.max()),
        }
        return {**measured, **({"refresh/drift_mean": float(np.mean(drift)), "refresh/drift_max": max(drift)} if drift else {})}
