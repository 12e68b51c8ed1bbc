"""A Ray cluster of three nodes on loopback, for tests: prints its address, loses a node at every line that it reads."""

import sys

from ray.cluster_utils import Cluster

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
cluster.wait_for_nodes()
assert len(cluster.list_all_nodes()) == 3
print(cluster.address, flush=True)
for _ in sys.stdin:
    cluster.remove_node(nodes.pop(), allow_graceful=False)
    print("gone", flush=True)
cluster.shutdown()
