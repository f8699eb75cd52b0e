/** From the TOML file to immutable policies; every error with file, line, column, key and what to do. */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
