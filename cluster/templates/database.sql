-- The role and the database of Komek. The role owns its database and nothing else.
CREATE ROLE komek LOGIN PASSWORD '$password';
CREATE DATABASE komek OWNER komek;
