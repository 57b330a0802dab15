mod complete;
mod objects;
mod properties;
