"""On-chain calls: approvals, splits, merges, redemptions. The only place that knows web3."""
