"""Examples out of the shapes: each field has its own, and a whole one is put together from them."""

from typing import Any

from pydantic import BaseModel


def example_of_model(model: type[BaseModel]) -> Any:
    """Return an example of what a model describes."""
    schema = model.model_json_schema()
    return example_of(schema, schema.get("$defs", {}))


def example_of(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """Return an example of a schema: its own, or one put together from its fields'."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for absent in ("const", "default"):
        if absent in schema:
            return schema[absent]
    if schema.get("type") == "array":
        return [example_of(schema["items"], schemas)]
    if schema.get("type") == "object":
        properties, wanted = schema.get("properties", {}), schema.get("required", [])
        return {name: example_of(properties[name], schemas) for name in properties if name in wanted}
    return None
