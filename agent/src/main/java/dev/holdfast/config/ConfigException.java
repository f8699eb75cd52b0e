package dev.holdfast.config;

import java.util.List;

/** A configuration that cannot be used, with everything that is wrong with it, in the order of the file. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;
    /** How many problems the message shows. */
    static final int SHOWN = 50;

    private final transient List<Problem> problems;

    /**
     * Collects what is wrong.
     *
     * @param problems at least one, sorted by position
     */
    public ConfigException(List<Problem> problems) {
        super(message(problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, sorted by position. The message, fit for standard error, shows the first 50. */
    public List<Problem> problems() {
        return problems;
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
