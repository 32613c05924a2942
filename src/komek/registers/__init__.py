"""What the centre knows: loaded, dated, read-only on the floor."""
