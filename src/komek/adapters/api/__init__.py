"""Other systems: their residents' requests come by the JSON API, and they fetch our answers there."""
