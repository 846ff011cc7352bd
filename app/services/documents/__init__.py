"""The documents of a patient's file: known by their content, sealed into the object store, each look audited."""
