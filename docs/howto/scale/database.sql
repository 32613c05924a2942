-- The role and the database of Komek. The role owns its database and nothing else.
CREATE ROLE komek LOGIN PASSWORD 'CHANGE-ME-3';
CREATE DATABASE komek OWNER komek;
