package dev.holdfast.config;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong with it, in the order of the file. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;
    /** The number of problems that the message shows. */
    static final int SHOWN = 50;

    /** The kind of trouble. */
    public enum Kind {
        /** There is no such file. */
        MISSING,
        /** There is a file, or something else of that name, and its text cannot be read. */
        UNREADABLE,
        /** The text has errors. */
        INVALID
    }

    private final transient List<Problem> problems;
    private final Kind kind;
    private final transient ObservabilityConfig observabilityConfig;
    private final transient List<Problem> warnings;
    private final transient List<Problem> notes;

    /**
     * Collects what is wrong with a text.
     *
     * @param problems at least one, sorted by position
     */
    public ConfigException(List<Problem> problems) {
        this(problems, Kind.INVALID, ObservabilityConfig.STANDARD);
    }

    /**
     * Collects what is wrong.
     *
     * @param problems at least one, sorted by position
     * @param kind the kind of trouble
     * @param observabilityConfig see {@link #outside}
     */
    ConfigException(List<Problem> problems, Kind kind, ObservabilityConfig observabilityConfig) {
        this(problems, kind, observabilityConfig, List.of(), List.of());
    }

    /**
     * Collects what is wrong with a text, and what else its author should know.
     *
     * @param found with at least one error
     * @param observabilityConfig see {@link #outside}
     */
    ConfigException(Problems found, ObservabilityConfig observabilityConfig) {
        this(found.errors(), Kind.INVALID, observabilityConfig, found.warnings(), found.notes());
    }

    private ConfigException(
            List<Problem> problems,
            Kind kind,
            ObservabilityConfig observabilityConfig,
            List<Problem> warnings,
            List<Problem> notes) {
        super(message(problems));
        this.problems = List.copyOf(problems);
        this.kind = kind;
        this.observabilityConfig = observabilityConfig;
        this.warnings = List.copyOf(warnings);
        this.notes = List.copyOf(notes);
    }

    /** The kind of trouble. */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the file's observability settings, as far as they could be read: a table that has an error, or stands
     * behind a syntax error, counts as if it were not there.
     */
    public ObservabilityConfig outside() {
        return observabilityConfig;
    }

    /** Everything that is wrong, sorted by position. The message, fit for standard error, shows the first 50. */
    public List<Problem> problems() {
        return problems;
    }

    /** The warnings beside the errors, sorted by position, as far as the text could be read. */
    public List<Problem> warnings() {
        return warnings;
    }

    /** The notes beside the errors, likewise. */
    public List<Problem> notes() {
        return notes;
    }

    private static String message(List<Problem> problems) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(SHOWN, problems.size()); i++) {
            text.append(i == 0 ? "" : "\n").append(problems.get(i));
        }
        if (problems.size() > SHOWN) {
            text.append("\n... and ").append(problems.size() - SHOWN).append(" more");
        }
        return text.toString();
    }
}
