package dev.holdfast.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Named policies that come with Holdfast, for APIs whose rules are public and stable. Each is a configuration of its
 * own, with where its rules come from; it is read when a file names it.
 */
public final class Presets {
    /** The beginning of the name by which a file names one. */
    static final String PREFIX = "preset:";

    private static final List<String> NAMES =
            List.of("aws", "elasticsearch", "github", "maven", "oidc", "openai", "stripe");

    private Presets() {}

    /** The name of the preset, with its prefix, that a path leads into; empty: into none. */
    static String nameIn(String path) {
        if (!path.startsWith(PREFIX)) {
            return "";
        }
        int dot = path.indexOf('.');
        return dot < 0 ? path : path.substring(0, dot);
    }

    /** The names of all, in the order of the alphabet. */
    public static List<String> names() {
        return NAMES;
    }

    /**
     * The text of a preset, a configuration that can be used as it is.
     *
     * @param name without a prefix
     * @return null: there is none of that name
     */
    public static @Nullable String text(String name) {
        if (!NAMES.contains(name)) {
            return null;
        }
        try (InputStream in = Presets.class.getResourceAsStream("presets/" + name + ".toml")) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The table of a preset's policy; null: there is none of that name. */
    static @Nullable ParsedTable table(String name) {
        String text = text(name);
        ParsedTable document = text == null ? null : SimpleTomlParser.parse(text);
        return document != null
                        && document.get(PolicyDefinitions.TABLE) instanceof ParsedTable policies
                        && policies.get(name) instanceof ParsedTable table
                ? table
                : null;
    }
}
