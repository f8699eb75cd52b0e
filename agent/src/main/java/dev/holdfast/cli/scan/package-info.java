/** What an archive or a directory contains of HTTP clients. */
@NullMarked
package dev.holdfast.cli.scan;

import org.jspecify.annotations.NullMarked;
