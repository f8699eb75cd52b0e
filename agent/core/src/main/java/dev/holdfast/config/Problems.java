package dev.holdfast.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is found while one file is read, and hands it out in the order of the file, each thing once. */
final class Problems {
    private final String file;
    private final List<Problem> errors = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<Problem> notes = new ArrayList<>();
    /** Those of the errors that say that something is missing. */
    private final Set<Problem> lacks = new HashSet<>();

    private boolean hasExternal;

    Problems(String file) {
        this.file = file;
    }

    void error(int line, int column, String key, String message) {
        errors.add(problem(line, column, key, message));
    }

    /** Adds an error that says that something is missing, which is not known of a text that is read in part. */
    void lack(int line, int column, String key, String message) {
        error(line, column, key, message);
        lacks.add(errors.get(errors.size() - 1));
    }

    void warn(int line, int column, String key, String message) {
        warnings.add(problem(line, column, key, message));
    }

    /** Adds something that is good to know though nothing is wrong: {@code check} prints it, and it never fails. */
    void note(int line, int column, String key, String message) {
        notes.add(problem(line, column, key, message));
    }

    /** The place of what stands in a preset is none of the file. */
    private Problem problem(int line, int column, String key, String message) {
        String preset = Presets.nameIn(key);
        return preset.isEmpty()
                ? new Problem(file, line, column, key, message)
                : new Problem(file, 0, 0, key, message + " (" + preset + " line " + line + ")");
    }

    void error(Settings.Setting<?> at, String message) {
        error(at.line(), at.column(), at.path(), message);
    }

    void lack(Settings.Setting<?> at, String message) {
        lack(at.line(), at.column(), at.path(), message);
    }

    void warn(Settings.Setting<?> at, String message) {
        warn(at.line(), at.column(), at.path(), message);
    }

    void note(Settings.Setting<?> at, String message) {
        note(at.line(), at.column(), at.path(), message);
    }

    /**
     * Returns whether so much is wrong that a suggestion helps nobody any more: this is no configuration, and looking
     * for what its every word might mean would take seconds.
     */
    boolean hopeless() {
        return errors.size() >= ConfigException.SHOWN;
    }

    /** Records whether values come from outside the file; once true, it stays so. */
    void hasExternal(boolean external) {
        hasExternal |= external;
    }

    /** Returns whether any value comes from outside the file. */
    boolean hasExternal() {
        return hasExternal;
    }

    boolean any() {
        return !errors.isEmpty();
    }

    /** Returns whether there is an error in a table at the top of the file, or in one below it. */
    boolean concern(String table) {
        for (Problem error : errors) {
            if (error.key().equals(table) || error.key().startsWith(table + ".")) {
                return true;
            }
        }
        return false;
    }

    /** Forgets the errors of some lines: they are the echo of another one. */
    void forget(BitSet lines) {
        errors.removeIf(problem -> lines.get(problem.line()));
    }

    /** Forgets the errors that say that something is missing: it may stand where the text cannot be read. */
    void forgetLacks() {
        errors.removeIf(lacks::contains);
    }

    /** Forgets warnings and notes. */
    void forgetDoubts() {
        warnings.clear();
        notes.clear();
    }

    List<Problem> errors() {
        return sorted(errors);
    }

    List<Problem> warnings() {
        return sorted(warnings);
    }

    List<Problem> notes() {
        return sorted(notes);
    }

    private static List<Problem> sorted(List<Problem> problems) {
        if (problems.size() < 2) {
            return List.copyOf(problems);
        }
        // What hosts inherit is found again with each of them.
        List<Problem> sorted = new ArrayList<>(new LinkedHashSet<>(problems));
        // Stable: what was found at one place stays in the order in which it was found.
        sorted.sort((a, b) ->
                a.line() != b.line() ? Integer.compare(a.line(), b.line()) : Integer.compare(a.column(), b.column()));
        return List.copyOf(sorted);
    }
}
