/** Reads the TOML file into immutable policies; every error names file, line, column, key and what to do. */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
