package dev.holdfast.config;

import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration file. Not to be touched before it is needed, and not on the program's threads: the first look
 * at a file that {@link SimpleTomlParser} cannot read costs about a quarter of a CPU second. Stateless, thread-safe.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads a file.
     *
     * @param path the file, relative to the working directory
     * @return the configuration; nothing needs to be {@linkplain Configuration#policyBearing policy-bearing} in it
     * @throws ConfigException the file cannot be read or used, with all reasons at once
     */
    public static Configuration load(String path) throws ConfigException {
        return ofFile(read(path), path);
    }

    /**
     * Reads a stream to its end, such as standard input. Files that it names are relative to the working directory.
     *
     * @param in what is read, and left open
     * @param name how the problems name it
     * @throws ConfigException it cannot be read or used, with all reasons at once
     */
    public static Configuration load(InputStream in, String name) throws ConfigException {
        return parse(FileReader.read(in, name), name);
    }

    /**
     * Reads the text of a file, and looks at who else may write the file.
     *
     * @param text what was {@linkplain #read read} from it
     * @param path the file, relative to the working directory
     * @throws ConfigException the text cannot be used, with all reasons at once
     */
    public static Configuration ofFile(String text, String path) throws ConfigException {
        Configuration configuration = parse(text, path);
        List<Problem> warnings = FilePermissionCheck.warnings(path);
        return warnings.isEmpty() ? configuration : configuration.with(warnings);
    }

    /**
     * The text of a file.
     *
     * @param path the file, relative to the working directory
     * @throws ConfigException there is no such file, or it is no text of a bearable size
     */
    public static String read(String path) throws ConfigException {
        return FileReader.read(path);
    }

    /**
     * Reads the text of a file.
     *
     * @param text TOML 1.0
     * @param file how the problems name the file
     * @return the configuration
     * @throws ConfigException the text cannot be used, with all reasons at once
     */
    public static Configuration parse(String text, String file) throws ConfigException {
        return parse(text, file, setsKeys() ? Environment.ofProcess() : null);
    }

    /**
     * Reads the text of a file with values from given surroundings.
     *
     * @param environment null: that of the process, in which no variable sets a key by its name
     */
    static Configuration parse(String text, String file, @Nullable Environment environment) throws ConfigException {
        // Editors on Windows put a byte order mark before the text; it says nothing in UTF-8.
        String toml = text.startsWith("\uFEFF") ? text.substring(1) : text;
        Problems problems = new Problems(file);
        DocumentReader reader = new DocumentReader(file, problems, environment);
        ParsedTable plain = SimpleTomlParser.parse(toml);
        Configuration configuration;
        if (plain != null) {
            configuration = reader.read(plain, toml);
        } else {
            refuseForeign(toml, file);
            try {
                configuration = reader.read(toml);
            } catch (StackOverflowError e) {
                // The parser goes down with each bracket. No configuration has reason to be so deep.
                throw new ConfigException(List.of(new Problem(file, 1, 1, "", "is nested too deeply to be read")));
            }
        }
        if (problems.any()) {
            refuseForeign(toml, file);
            throw new ConfigException(problems, reader.outside());
        }
        return configuration.with(new Fingerprint(text));
    }

    private static void refuseForeign(String toml, String file) throws ConfigException {
        Problem other = ForeignFormat.of(toml, file);
        if (other != null) {
            throw new ConfigException(List.of(other));
        }
    }

    /**
     * Returns whether the process has a variable or a system property that may set a key by its name. Here, so that
     * {@link Overrides} is not loaded where there is none.
     */
    private static boolean setsKeys() {
        for (Object name : System.getProperties().keySet()) {
            if (name instanceof String text && text.startsWith("holdfast.")) {
                return true;
            }
        }
        for (String name : System.getenv().keySet()) {
            if (name.startsWith("HOLDFAST_")) {
                return true;
            }
        }
        return false;
    }
}
