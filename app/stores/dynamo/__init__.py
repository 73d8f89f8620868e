"""Products, their stock and carts on DynamoDB."""
