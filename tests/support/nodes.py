"""A Ray cluster on loopback, for tests: prints its address, loses a node at every line that it reads.

    python nodes.py [NODES]

Three nodes if nothing else is said, of one worker each.
"""

import sys

from ray.cluster_utils import Cluster

count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
nodes = [cluster.add_node(num_cpus=1) for _ in range(count - 1)]
cluster.wait_for_nodes()
assert len(cluster.list_all_nodes()) == count
print(cluster.address, flush=True)
for _ in sys.stdin:
    cluster.remove_node(nodes.pop(), allow_graceful=False)
    print("gone", flush=True)
cluster.shutdown()
