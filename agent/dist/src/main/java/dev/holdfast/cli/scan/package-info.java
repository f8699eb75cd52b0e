/** Finds the HTTP clients that an archive or a directory contains. */
@NullMarked
package dev.holdfast.cli.scan;

import org.jspecify.annotations.NullMarked;
