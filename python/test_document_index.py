"""Tests the cluster's index: faiss ranks by inner products of unit vectors, whatever kind of index it is."""

import sys
import unittest
from pathlib import Path
from unittest import mock

import faiss
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "src/cluster/files"))
import document_index  # noqa: E402

SETTINGS = {"M": 16, "ef_construction": 200, "ef": 64}


class DocumentIndex(unittest.TestCase):
    def test_a_graph_ranks_by_inner_products_as_the_exact_index_does(self):
        rng = np.random.default_rng(1)
        vectors = rng.standard_normal((400, 16)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        exact = document_index.DocumentIndex(400, SETTINGS, 10, lambda rows: vectors[rows])
        self.assertEqual(exact.index.metric_type, faiss.METRIC_INNER_PRODUCT)
        with mock.patch.object(document_index, "EXACT_UP_TO", 0):
            graph = document_index.DocumentIndex(400, SETTINGS, 10, lambda rows: vectors[rows])
        self.assertEqual(graph.index.metric_type, faiss.METRIC_INNER_PRODUCT)
        self.assertIsInstance(faiss.downcast_index(graph.index), faiss.IndexHNSWFlat)
        queries = vectors[:50]
        (scores, ids), (wanted, best) = graph.search(queries), exact.search(queries)
        # A document's own vector is nearest to it, with a cosine of 1.
        self.assertEqual(list(ids[:, 0]), list(range(50)))
        self.assertLess(float(np.abs(scores[:, 0] - 1).max()), 1e-5)
        self.assertGreater(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(ids[:, :10], best[:, :10])]), 0.95)
        self.assertLess(float(np.abs(np.sort(wanted)[:, ::-1] - wanted).max()), 1e-7)


if __name__ == "__main__":
    unittest.main()
