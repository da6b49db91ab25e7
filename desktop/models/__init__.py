"""Qt item models over library reads: rows are plain values, fetched elsewhere."""
