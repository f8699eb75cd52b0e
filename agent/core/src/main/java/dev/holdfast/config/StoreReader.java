package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.StoreSettings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the settings of the shared store, and finds what cannot work. Loaded where a file names a store. */
final class StoreReader {
    private static final String PLAIN = "redis://";
    private static final String TLS = "rediss://";
    private static final int PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final int LEAST_KEY = 32;
    private static final int LONGEST_NAMESPACE = 64;
    private static final int LAST_DATABASE = 1_000_000;

    private final Settings settings;
    private final Problems problems;
    private boolean good = true;
    private boolean urlGood = true;

    private StoreReader(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    /** Returns the store; null: there is none, or an error was found and reported. */
    static @Nullable StoreSettings read(Settings settings, Problems problems) {
        StoreReader reader = new StoreReader(settings, problems);
        for (Key<?> key : FallbackKeys.STORE.keys()) {
            reader.good &= settings.setting(key).found() != null; // else that is reported
        }
        return settings.setting(FallbackKeys.STORE_URL).found() == null ? reader.withoutUrl() : reader.read();
    }

    /** Looks at the rest where the URL cannot be read. */
    private @Nullable StoreSettings withoutUrl() {
        key();
        namespace();
        return null;
    }

    /** The value of a key; its default where what the file holds is not allowed and was reported. */
    private <T> T value(Key<T> key) {
        T found = settings.setting(key).found();
        return found == null ? key.builtIn().value() : found;
    }

    private @Nullable StoreSettings read() {
        Setting<String> url = settings.setting(FallbackKeys.STORE_URL);
        if (url.value().isEmpty()) {
            for (Key<?> key : FallbackKeys.STORE.keys()) {
                Setting<?> set = settings.setting(key);
                if (!set.builtIn()
                        && set.found() != null
                        && !set.found().equals(key.builtIn().value())) {
                    problems.warn(set, "has no effect: there is no store; add url = \"redis://host:6379\"");
                    return null;
                }
            }
            return null;
        }
        boolean tls = url.value().startsWith(TLS);
        if (!tls && !url.value().startsWith(PLAIN)) {
            Object unused = wrong(url, "is not the URL of a store: begin it with redis:// or rediss://");
            return withoutUrl();
        }
        String rest = url.value().substring(tls ? TLS.length() : PLAIN.length());
        int at = rest.lastIndexOf('@');
        String userInfo = at < 0 ? "" : rest.substring(0, at);
        rest = rest.substring(at + 1);
        int slash = rest.indexOf('/');
        List<String> nodes = nodes(url, slash < 0 ? rest : rest.substring(0, slash));
        int database = database(url, slash < 0 ? "" : rest.substring(slash + 1));
        int colon = userInfo.indexOf(':');
        String user = decoded(url, colon < 0 ? userInfo : userInfo.substring(0, colon));
        String password = decoded(url, colon < 0 ? "" : userInfo.substring(colon + 1));
        String master = value(FallbackKeys.STORE_SENTINEL_MASTER);
        boolean cluster = value(FallbackKeys.STORE_CLUSTER);
        if (cluster && !master.isEmpty()) {
            error(FallbackKeys.STORE_CLUSTER, "does not go with sentinel_master: a store is one or the other");
        }
        if (cluster && database > 0) {
            error(FallbackKeys.STORE_CLUSTER, "does not go with a database in the URL: a cluster has only number 0");
        }
        boolean known = settings.setting(FallbackKeys.STORE_CLUSTER).found() != null
                && settings.setting(FallbackKeys.STORE_SENTINEL_MASTER).found() != null;
        if (known && !cluster && master.isEmpty() && nodes.size() > 1) {
            problems.lack(url, "names several hosts: add cluster = true, or sentinel_master");
            good = false;
        }
        String key = key();
        String namespace = namespace();
        if (!good) {
            return null;
        }
        return new StoreSettings(
                nodes,
                tls,
                user.isEmpty() ? value(FallbackKeys.STORE_USER) : user,
                password.isEmpty() ? value(FallbackKeys.STORE_PASSWORD) : password,
                database,
                master,
                cluster,
                settings.nanos(FallbackKeys.STORE_TIMEOUT),
                namespace,
                key,
                settings.get(FallbackKeys.STORE_BREAKER_HINTS),
                url.source());
    }

    private List<String> nodes(Setting<String> url, String hosts) {
        int standard = value(FallbackKeys.STORE_SENTINEL_MASTER).isEmpty() ? PORT : SENTINEL_PORT;
        List<String> nodes = new ArrayList<>();
        for (String node : hosts.split(",", -1)) {
            int bracket = node.indexOf(']');
            int colon = node.indexOf(':', bracket + 1);
            String host = colon < 0 ? node : node.substring(0, colon);
            int port = colon < 0 ? standard : number(node.substring(colon + 1), 65_535);
            if (host.isEmpty() || port < 1 || host.indexOf('?') >= 0) {
                Object unused = wrong(url, "is not the URL of a store: it has to be like redis://host:6379");
                return List.of();
            }
            nodes.add(host + ':' + port);
        }
        return nodes;
    }

    private int database(Setting<String> url, String path) {
        int database = path.isEmpty() ? 0 : number(path, LAST_DATABASE);
        if (database < 0) {
            Object unused = wrong(url, "has no number of a database after the last slash, such as /0");
        }
        return database;
    }

    /** A number, or -1. */
    private static int number(String text, int most) {
        if (text.isEmpty() || text.length() > 7 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number > most ? -1 : number;
    }

    private String decoded(Setting<String> url, String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            Object unused = wrong(url, "has a user or a password in which a % is not followed by two digits");
            return "";
        }
    }

    private String key() {
        String key = value(FallbackKeys.STORE_KEY);
        if (!key.isEmpty() && key.length() < LEAST_KEY) {
            error(
                    FallbackKeys.STORE_KEY,
                    "is too short for a key: make one of " + LEAST_KEY + " characters or more, as by openssl rand"
                            + " -base64 32");
        }
        return key;
    }

    private String namespace() {
        String namespace = value(FallbackKeys.STORE_NAMESPACE);
        boolean fine = namespace.length() <= LONGEST_NAMESPACE
                && namespace.chars().allMatch(c -> MessageText.isLetterOrDigit((char) c) || "-_.:".indexOf(c) >= 0);
        if (!fine) {
            error(
                    FallbackKeys.STORE_NAMESPACE,
                    "is not a namespace: use at most " + LONGEST_NAMESPACE + " letters, digits and -_.:");
        }
        return namespace.isEmpty() ? "holdfast" : namespace;
    }

    private void error(Key<?> key, String what) {
        problems.error(settings.setting(key), what);
        good = false;
    }

    private @Nullable StoreSettings wrong(Setting<String> url, String what) {
        if (urlGood) {
            problems.error(url, what);
        }
        urlGood = false;
        good = false;
        return null;
    }
}
