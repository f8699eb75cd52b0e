package dev.holdfast.cli;

import dev.holdfast.config.Explanation;
import dev.holdfast.config.Explanation.Candidate;
import dev.holdfast.config.Explanation.Verdict;
import dev.holdfast.config.SettingProvenance;
import dev.holdfast.policy.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An explanation for a terminal. The settings are TOML, so that they can be copied. */
final class ExplanationText {
    private static final int WIDEST = 56;
    private static final int LINE = 92;

    private ExplanationText() {}

    static String of(Explanation why, boolean shortened) {
        StringBuilder text = new StringBuilder();
        line(text, why.method() + " " + why.url());
        line(text, "  " + summary(why));
        if (!why.hosts().isEmpty()) {
            line(text, "");
            line(text, "Host patterns:");
            candidates(text, why.hosts());
            if (why.hostsLeftOut() > 0) {
                line(text, "     ... and " + why.hostsLeftOut() + " more that do not match");
            }
        }
        if (!why.routes().isEmpty()) {
            line(text, "");
            line(text, "Routes:");
            candidates(text, why.routes());
        }
        if (!why.restrictions().isEmpty()) {
            line(text, "");
            line(text, "What the settings do not do for this request:");
            restrictions(text, why.restrictions());
        }
        if (why.layers().stream().anyMatch(ExplanationText::isNamed)) {
            line(text, "");
            line(text, "Merged of, the first that sets a key wins:");
            why.layers().forEach(layer -> line(text, "  " + layer(layer)));
        }
        if (!why.values().isEmpty()) {
            line(text, "");
            line(text, "Settings, and the line of " + why.file() + " that each comes from:");
            values(
                    text,
                    why.values().stream()
                            .filter(value -> !shortened || !value.builtIn())
                            .toList());
        }
        return text.toString();
    }

    private static String summary(Explanation why) {
        Mode mode = why.mode();
        if (mode == null) {
            return "no host pattern matches: the call runs unmodified";
        }
        return "policy " + why.policy() + ", mode " + mode.name().toLowerCase(Locale.ROOT)
                + switch (mode) {
                    case ENFORCE -> "";
                    case OBSERVE -> ": decisions are counted, and none is carried out";
                    case OFF -> ": the call runs unmodified";
                };
    }

    /** Each under the setting that one would expect something else of. */
    private static void restrictions(StringBuilder text, List<Explanation.Restriction> restrictions) {
        for (Explanation.Restriction restriction : restrictions) {
            String about = restriction.setting().isEmpty() ? "" : restriction.setting() + ": ";
            String indent = "  - ";
            for (String line : wrapped(about + restriction.text())) {
                line(text, indent + line);
                indent = "    ";
            }
        }
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() > 0 && line.length() + 1 + word.length() > LINE) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static void candidates(StringBuilder text, List<Candidate> candidates) {
        int width = 0;
        int lineWidth = 13;
        for (Candidate candidate : candidates) {
            lineWidth = Math.max(lineWidth, source(candidate).length() + 2);
            width = Math.max(width, Math.min(WIDEST, candidate.pattern().length()));
        }
        for (Candidate candidate : candidates) {
            line(
                    text,
                    (candidate.verdict() == Verdict.APPLIES ? "  => " : "     ")
                            + padded(candidate.pattern(), width)
                            + padded(source(candidate), lineWidth)
                            + candidate.reason());
        }
    }

    private static String source(Candidate candidate) {
        return (candidate.from().isEmpty() ? "  line " : "  " + candidate.from() + " line ") + candidate.line();
    }

    /** Returns whether a layer is one that the patterns do not show already. */
    private static boolean isNamed(SettingProvenance.Layer layer) {
        return layer.from().startsWith("policies.") || isPreset(layer.from());
    }

    /** Returns whether a part is one that comes with Holdfast, whose lines are none of the file. */
    private static boolean isPreset(String from) {
        return from.startsWith("preset:");
    }

    private static String layer(SettingProvenance.Layer layer) {
        String from = layer.from().isEmpty() ? "the tables at the top" : layer.from();
        return from + (isPreset(from) ? ", from its line " : ", from line ") + layer.line();
    }

    private static void values(StringBuilder text, List<SettingProvenance.Value> values) {
        String section = "";
        for (SettingProvenance.Value value : values) {
            int dot = value.key().lastIndexOf('.');
            String mine = dot < 0 ? "" : value.key().substring(0, dot);
            if (!mine.equals(section)) {
                section = mine;
                line(text, "  [" + section + "]");
            }
            String setting = value.key().substring(dot + 1) + " = " + value.text();
            line(text, "  " + padded(setting, WIDEST) + "  # " + source(value));
        }
    }

    private static String source(SettingProvenance.Value value) {
        return value.builtIn()
                ? "default"
                : value.line() == 0
                        ? "set by " + value.from()
                        : isPreset(value.from())
                                ? value.from() + " line " + value.line()
                                : "line " + value.line() + (value.from().isEmpty() ? "" : ", " + value.from());
    }

    static String padded(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    static void line(StringBuilder text, String line) {
        text.append(line.stripTrailing()).append(System.lineSeparator());
    }
}
