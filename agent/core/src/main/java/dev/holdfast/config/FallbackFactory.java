package dev.holdfast.config;

import dev.holdfast.config.Settings.Setting;
import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.DefaultResponse;
import dev.holdfast.policy.DegradedPolicy;
import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.FallbackPolicy;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the fallback of a policy, with the files that its answers are in, and finds what cannot work. */
final class FallbackFactory {
    /** Headers that are surely a caller's own. */
    private static final Set<String> CREDENTIALS = Set.of("authorization", "cookie", "proxy-authorization");

    /** The largest file that may be an answer's body. */
    private static final int LARGEST_BODY = 4 << 20;

    private final @Nullable File directory;
    private final Problems problems;
    private final Map<String, ByteString> bodies = new HashMap<>();

    FallbackFactory(String file, Problems problems) {
        this.directory = new File(file).getAbsoluteFile().getParentFile();
        this.problems = problems;
    }

    /** Makes it of settings that {@link #check} found good. */
    FallbackPolicy policy(Settings settings) {
        List<Strategy> strategies = strategies(settings);
        if (strategies.isEmpty()) {
            return FallbackPolicy.NONE;
        }
        Set<Integer> statuses = new HashSet<>();
        Set<ErrorKind> errors = new HashSet<>();
        Set<String> classes = new HashSet<>();
        for (FailureName failure : settings.get(FallbackKeys.ON)) {
            failure.addTo(statuses, errors, classes);
        }
        return new FallbackPolicy(
                strategies,
                statuses,
                errors,
                classes,
                strategies.contains(Strategy.CACHE) ? cache(settings) : CachePolicy.NONE,
                strategies.contains(Strategy.DEFAULT_VALUE) ? responses(settings) : List.of(),
                strategies.contains(Strategy.DEGRADED) ? degraded(settings) : DegradedPolicy.NONE);
    }

    private static List<Strategy> strategies(Settings settings) {
        List<Strategy> written = settings.setting(FallbackKeys.STRATEGY).found();
        return settings.isTrue(FallbackKeys.ENABLED) && written != null ? written : List.of();
    }

    private CachePolicy cache(Settings settings) {
        String kept = settings.get(FallbackKeys.CACHE_DIR);
        return new CachePolicy(
                settings.nanos(FallbackKeys.CACHE_TTL),
                settings.get(FallbackKeys.CACHE_MAX_BODY),
                new HashSet<>(settings.get(FallbackKeys.CACHE_STATUS_CODES)),
                new HashSet<>(settings.get(FallbackKeys.CACHE_KEY_HEADERS)),
                new HashSet<>(settings.get(FallbackKeys.CACHE_IGNORE_HEADERS)),
                settings.get(FallbackKeys.CACHE_PRIVATE),
                settings.get(FallbackKeys.CACHE_MAX_BYTES),
                kept.isEmpty() ? "" : resolved(kept).getPath(),
                settings.setting(FallbackKeys.CACHE_DIR).source());
    }

    private static DegradedPolicy degraded(Settings settings) {
        Set<Integer> statuses = new HashSet<>();
        for (StatusRange range : settings.get(FallbackKeys.DEGRADED_ACCEPT_STATUSES)) {
            for (int status = range.first(); status <= range.last(); status++) {
                statuses.add(status);
            }
        }
        return new DegradedPolicy(
                settings.get(FallbackKeys.DEGRADED_URL),
                settings.nanos(FallbackKeys.DEGRADED_TIMEOUT),
                settings.get(FallbackKeys.DEGRADED_FORWARD_CREDENTIALS),
                new HashSet<>(settings.get(FallbackKeys.DEGRADED_FORWARD_HEADERS)),
                settings.get(FallbackKeys.DEGRADED_FORWARD_QUERY),
                statuses);
    }

    private List<DefaultResponse> responses(Settings settings) {
        List<DefaultResponse> answers = new ArrayList<>();
        for (Settings each : settings.get(FallbackKeys.DEFAULT_ANSWERS)) {
            answers.add(response(each));
        }
        if (isWritten(settings)) {
            answers.add(response(settings));
        }
        return answers;
    }

    private DefaultResponse response(Settings settings) {
        ByteString body = bodies.get(settings.get(FallbackKeys.DEFAULT_BODY_FILE));
        return new DefaultResponse(
                settings.get(FallbackKeys.DEFAULT_PATH),
                new HashSet<>(settings.get(FallbackKeys.DEFAULT_METHODS)),
                settings.get(FallbackKeys.DEFAULT_STATUS),
                settings.get(FallbackKeys.DEFAULT_HEADERS),
                body != null
                        ? body
                        : ByteString.owning(
                                settings.get(FallbackKeys.DEFAULT_BODY).getBytes(StandardCharsets.UTF_8)));
    }

    /** Returns whether a table says anything about an answer. */
    private static boolean isWritten(Settings settings) {
        return !settings.setting(FallbackKeys.DEFAULT_STATUS).builtIn()
                || !settings.setting(FallbackKeys.DEFAULT_HEADERS).builtIn()
                || !settings.setting(FallbackKeys.DEFAULT_BODY).builtIn()
                || !settings.setting(FallbackKeys.DEFAULT_BODY_FILE).builtIn();
    }

    /** Reports what cannot work, and reads the files. */
    void check(Settings settings) {
        List<Strategy> strategies = strategies(settings);
        if (strategies.contains(Strategy.DEFAULT_VALUE)) {
            checkAnswers(settings);
        }
        if (strategies.contains(Strategy.CACHE)) {
            checkCache(settings);
            checkDirectory(settings.setting(FallbackKeys.CACHE_DIR));
        }
        if (strategies.contains(Strategy.DEGRADED)) {
            checkDegraded(settings);
        }
    }

    private void checkAnswers(Settings settings) {
        List<Settings> answers = settings.setting(FallbackKeys.DEFAULT_ANSWERS).found();
        for (Settings response : answers == null ? List.<Settings>of() : answers) {
            checkResponse(response);
        }
        checkResponse(settings);
        if (answers != null && answers.isEmpty() && !isWritten(settings)) {
            problems.lack(
                    settings.setting(FallbackKeys.STRATEGY),
                    "default_value has no response; add a status, a body or a body_file to "
                            + "[retry.fallback.default_value]");
        }
    }

    private void checkDirectory(Setting<String> kept) {
        String name = kept.found();
        if (name == null || name.isEmpty()) {
            return;
        }
        File at = resolved(name);
        Path path;
        try {
            path = at.toPath();
        } catch (InvalidPathException e) {
            // Its message would show a value from outside.
            problems.error(kept, "is no name that a directory may have here");
            return;
        }
        if (at.exists() && !at.isDirectory()) {
            problems.error(kept, "is no directory: " + kept.shown(at));
        } else if (isForEverybody(path)) {
            problems.error(
                    kept,
                    kept.shown(at) + " is shared by all users; name a directory of Holdfast's own"
                            + (kept.external() == null ? ", such as " + new File(at, "holdfast-cache") : ""));
        }
    }

    private void checkDegraded(Settings settings) {
        Setting<String> url = settings.setting(FallbackKeys.DEGRADED_URL);
        String text = url.found();
        if (text == null) {
            return;
        }
        if (text.isEmpty()) {
            problems.lack(
                    settings.setting(FallbackKeys.STRATEGY),
                    "degraded has no URL; add url to [retry.fallback.degraded]");
        } else if (URI.create(text).getRawQuery() != null || URI.create(text).getRawFragment() != null) {
            problems.error(url, "allowed: a URL without query and fragment");
        }
    }

    private static boolean isForEverybody(Path directory) {
        String path = directory.normalize().toString();
        return path.equals("/tmp") || path.equals("/var/tmp") || path.equals("/dev/shm");
    }

    private void checkCache(Settings settings) {
        Setting<List<String>> ignored = settings.setting(FallbackKeys.CACHE_IGNORE_HEADERS);
        List<String> names = ignored.found();
        for (String name : names == null ? List.<String>of() : names) {
            if (CREDENTIALS.contains(name)) {
                problems.warn(
                        ignored,
                        ignored.shown(name)
                                + " tells callers apart; without it a response to one of them is given to all");
            }
        }
        Setting<Duration> ttl = settings.setting(FallbackKeys.CACHE_TTL);
        if (Duration.ZERO.equals(ttl.found())) {
            problems.warn(ttl, "with 0s no cached response is ever fresh enough");
        }
        Setting<Long> body = settings.setting(FallbackKeys.CACHE_MAX_BODY);
        Setting<Long> bytes = settings.setting(FallbackKeys.CACHE_MAX_BYTES);
        if (body.found() != null && bytes.found() != null && body.value() > bytes.value()) {
            problems.warn(
                    body.later(bytes),
                    "cache_max_body = " + body.shown(Units.size(body.value())) + " is above cache_max_bytes = "
                            + bytes.shown(Units.size(bytes.value())) + ", which is all that may be stored");
        }
    }

    private void checkResponse(Settings settings) {
        Setting<String> file = settings.setting(FallbackKeys.DEFAULT_BODY_FILE);
        String name = file.found();
        if (name == null || name.isEmpty()) {
            return;
        }
        String body = settings.setting(FallbackKeys.DEFAULT_BODY).found();
        if (body != null && !body.isEmpty()) {
            problems.error(file, "there is a body too; only one of the two is allowed");
        }
        if (bodies.containsKey(name)) {
            return;
        }
        File at = resolved(name);
        if (!at.isFile()) {
            problems.error(
                    file,
                    at.exists()
                            ? "is not a regular file: " + file.shown(at)
                            : "no such file; looked for " + file.shown(at) + ValueReader.pathHint(name));
            return;
        }
        try (InputStream in = new FileInputStream(at)) {
            byte[] bytes = in.readNBytes(LARGEST_BODY + 1);
            if (bytes.length > LARGEST_BODY) {
                problems.error(
                        file, "is larger than " + Units.size(LARGEST_BODY) + ", the most that a response may have");
            } else {
                bodies.put(name, ByteString.owning(bytes));
            }
        } catch (IOException e) {
            problems.error(file, "cannot be read" + (file.external() == null ? ": " + e.getMessage() : ""));
        }
    }

    /** A file that is named relative to the configuration. */
    private File resolved(String name) {
        File at = new File(name);
        return at.isAbsolute() || directory == null ? at : new File(directory, name);
    }
}
