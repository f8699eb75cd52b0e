package dev.holdfast.config;

import org.jspecify.annotations.Nullable;

/**
 * A place in a file, and the source of the value there where that is not the file itself.
 *
 * @param line from 1
 * @param column from 1
 * @param external the source of a value that comes from outside the file, as a whole or in part; null: the file
 */
record Position(int line, int column, @Nullable ExternalSource external) {
    /** The beginning of the file. */
    static final Position START = new Position(1, 1);

    /** The place of a value that stands in the file itself. */
    Position(int line, int column) {
        this(line, column, null);
    }
}
