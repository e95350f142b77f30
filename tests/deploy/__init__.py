"""What is deployed: settings, container, manifests, dashboards, alerts."""
