package dev.holdfast.config;

import dev.holdfast.config.PolicyDefinitions.Member;
import dev.holdfast.policy.ClientNames;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.Route;
import dev.holdfast.policy.StoreSettings;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one document: the defaults at its top, then each host, and merges them into policies. */
final class DocumentReader {
    private static final String HOSTS = "hosts";
    /** Far more than any program calls hosts, and few enough to be held. */
    private static final int MOST_POLICIES = 100_000;

    private static final String EXAMPLE = "a table such as [hosts.\"api.example.com\".retry]";

    private final String file;
    private final Problems problems;
    private final @Nullable Environment environment;
    private final PolicyFactory factory;
    private final TableReader tables;
    private final Map<HostPattern, Policy> policies = new LinkedHashMap<>();
    private final Map<HostPattern, Position> seen = new HashMap<>();
    private final SettingProvenance provenance;
    private final DegradedCheck degraded;
    private final RouteReader routes;
    private final PolicyInheritance inheritance;
    private int policyCount;
    /** True if there are defaults, so that every host has a policy. */
    private boolean everyHost;

    private ObservabilityConfig observabilityConfig = ObservabilityConfig.STANDARD;
    private @Nullable StoreSettings store;
    private Map<String, Integer> clientsOff = Map.of();

    /**
     * Creates the reader of one document.
     *
     * @param environment what variables and names of keys stand for; null: variables for the environment of the
     *     process, and no key is set by its name
     */
    DocumentReader(String file, Problems problems, @Nullable Environment environment) {
        this.file = file;
        this.problems = problems;
        this.environment = environment;
        factory = new PolicyFactory(file, problems);
        tables = new TableReader(problems);
        provenance = new SettingProvenance(file);
        degraded = new DegradedCheck(problems);
        routes = new RouteReader(problems, tables, factory, degraded, provenance);
        inheritance = new PolicyInheritance(problems, tables, routes);
    }

    /**
     * Reads the text with the full parser; what is wrong with it goes to the problems, and the result means nothing
     * then.
     */
    Configuration read(String text) {
        TomlSyntax toml = TomlSyntax.parse(text);
        readTables(toml.table(), text);
        toml.report(problems);
        if (!toml.errors().isEmpty()) {
            problems.forgetDoubts(); // of tables that are read in part only
            observabilityConfig = PartialDocument.outside(text, toml.firstErrorLine(), file, environment);
        }
        return configuration();
    }

    /** Reads what was parsed already. See {@link #read(String)}. */
    Configuration read(ParsedTable document, String text) {
        readTables(document, text);
        return configuration();
    }

    private void readTables(ParsedTable document, String text) {
        Settings defaults = new Settings(null);
        observabilityConfig = readTop(document, text, defaults, file, problems, environment);
        clientsOff = ClientKeys.off(defaults);
        if (FallbackKeys.namesStore(defaults)) {
            store = StoreReader.read(defaults, problems);
        }
        if (namesFaults(defaults)) {
            FaultFactory.checkSwitch(defaults, problems);
        }
        if (document.get("retry") instanceof ParsedTable retry) {
            if (retry.isEmpty()) {
                Position at = document.position("retry");
                problems.warn(at.line(), at.column(), "retry", "is empty: every host gets the built-in defaults");
            }
            addDefaults(document.position("retry"), defaults);
        } else if (namesNobody(document) && environment != null && Overrides.setsRetries(defaults)) {
            // As the table would: there is nothing else that the keys could be for.
            addDefaults(Position.START, defaults);
        }
        Object definitions = document.get("policies");
        if (definitions != null) {
            inheritance.definitions().read(definitions, document.position("policies"));
        }
        Object hosts = document.get(HOSTS);
        if (hosts instanceof ParsedTable table) {
            for (String name : table.names()) {
                addHost(name, table.value(name), table.position(name), defaults);
            }
        } else if (hosts != null) {
            TableReader.notTable(problems, HOSTS, hosts, document.position(HOSTS), EXAMPLE);
        }
        PolicyDefinitions known = inheritance.known();
        if (known != null) {
            addMembers(known, defaults);
        }
        // With an error there, nobody knows what the policy would have used.
        boolean whole = !problems.concern(HOSTS) && !problems.concern(PolicyDefinitions.TABLE);
        if (known != null && whole) {
            known.report();
        }
        if (whole) {
            factory.checked();
        }
        degraded.report();
    }

    /** Adds the hosts that have no table, and are named by a policy. */
    private void addMembers(PolicyDefinitions definitions, Settings defaults) {
        for (Map.Entry<HostPattern, PolicyDefinitions.Member> member : definitions.members()) {
            if (!seen.containsKey(member.getKey())) {
                Member host = member.getValue();
                addHost(
                        host.written(),
                        member.getKey(),
                        host.path(),
                        new ParsedTable(),
                        host.at(),
                        new Settings(null),
                        defaults);
            }
        }
    }

    /**
     * Replaces the variables of a document, and reads what stands at its top.
     *
     * @param settings takes what is found
     * @return the document's observability settings, as far as no error was found in them
     */
    static ObservabilityConfig readTop(
            ParsedTable document,
            String text,
            Settings settings,
            String file,
            Problems problems,
            @Nullable Environment environment) {
        if (mayHoldVariables(text)) {
            Environment variables = environment == null ? Environment.ofProcess() : environment;
            Substitution.replace(document, variables, file, problems);
        }
        new TableReader(problems).readTop(document, settings);
        boolean push = environment != null && Overrides.apply(environment, settings, problems);
        return outside(settings, push || hasOtlp(document), file, problems);
    }

    /** Returns whether the file switches faults, so that {@link FaultFactory} has to look at how. */
    private static boolean namesFaults(Settings defaults) {
        return !defaults.setting(FaultKeys.ARMED).builtIn()
                || !defaults.setting(FaultKeys.UNTIL).builtIn();
    }

    /**
     * Returns whether a text may hold a variable; in a string, a character may be written as an escape, and a line may
     * end between two. Here, so that {@link Substitution} is not loaded where there is none.
     */
    private static boolean mayHoldVariables(String text) {
        return text.contains("${")
                || text.contains("$\\")
                || text.contains("\\u")
                || text.contains("\\U")
                || text.contains("\\x");
    }

    private static ObservabilityConfig outside(Settings settings, boolean push, String file, Problems problems) {
        if (!problems.any()) {
            ObservabilityConfig observabilityConfig = ObservabilityConfig.of(settings, file, push);
            observabilityConfig.check(settings, problems);
            if (!problems.any()) {
                return observabilityConfig;
            }
        }
        return ObservabilityConfig.of(settings.readable(problems), file, push && !problems.concern("metrics"));
    }

    /** Returns the observability settings, as far as they could be read. */
    ObservabilityConfig outside() {
        return observabilityConfig;
    }

    /** Returns whether there is the table: it alone says that meters are pushed. */
    private static boolean hasOtlp(ParsedTable document) {
        return document.get("metrics") instanceof ParsedTable metrics && metrics.get("otlp") instanceof ParsedTable;
    }

    private Configuration configuration() {
        Configuration configuration = new Configuration(
                file,
                policies,
                List.of(),
                List.of(),
                observabilityConfig,
                store,
                clientsOff,
                provenance,
                Fingerprint.NONE);
        if (problems.any()) {
            return configuration; // without the policies that have an error
        }
        if (!configuration.policyBearing()) {
            problems.warn(
                    0, 0, "", "no policy is in force, so Holdfast is inactive; add a [retry] table, or one for a host");
        } else if (clientsOff.size() == ClientNames.ALL.size()) {
            problems.warn(0, 0, "", "every client is off in [clients], so all calls run unmodified");
        }
        return new Configuration(
                file,
                policies,
                problems.warnings(),
                problems.notes(),
                observabilityConfig,
                store,
                clientsOff,
                provenance,
                Fingerprint.NONE);
    }

    /** Returns whether a file says of no host what holds for it. */
    private static boolean namesNobody(ParsedTable document) {
        return !document.contains("retry") && !document.contains(HOSTS) && !document.contains(PolicyDefinitions.TABLE);
    }

    private void addDefaults(Position at, Settings defaults) {
        everyHost = true;
        factory.check(defaults);
        HostPattern everyHost = HostPattern.parse("*");
        degraded.add(everyHost, defaults);
        if (!problems.any()) {
            policies.put(everyHost, factory.policy("*", defaults));
            provenance.add("*", defaults, at.line());
        }
    }

    private void addHost(String name, Object found, Position at, Settings defaults) {
        ExternalSource external = at.external();
        String path = HOSTS + "." + (external == null ? MessageText.keyPart(name) : external.shown());
        if (!(found instanceof ParsedTable table)) {
            TableReader.notTable(problems, path, found, at, EXAMPLE);
            return;
        }
        Settings own = new Settings(null);
        if (tables.readHost(table, name, path, own)) {
            addHost(name, tables.readPattern(name, path, at), path, table, at, own, defaults);
        }
    }

    private void addHost(
            String name,
            @Nullable HostPattern pattern,
            String path,
            ParsedTable table,
            Position at,
            Settings own,
            Settings defaults) {
        if (policyCount > MOST_POLICIES) {
            return; // which is reported
        }
        List<NamedPolicy> chain = inheritance.chain(pattern, own);
        Settings settings = new Settings(PolicyInheritance.over(chain, defaults), own);
        factory.check(settings);
        List<Route> hostRoutes = routes.read(name, pattern, path, table, settings, chain, inheritance);
        if (!everyHost && chain.isEmpty()) {
            routes.checkAlone(hostRoutes, path, table, at);
        }
        if (pattern == null) {
            return;
        }
        if (pattern.kind() == HostPattern.Kind.LABELS
                && MessageText.isLetterOrDigit(pattern.host().charAt(1))
                && pattern.host().charAt(0) == '*') {
            problems.note(
                    at.line(),
                    at.column(),
                    path,
                    "is for names that end like this, without a dot in what the * stands for; hosts below a domain"
                            + " are *."
                            + " and its name");
        }
        degraded.add(pattern, settings);
        Position other = seen.putIfAbsent(pattern, at);
        if (other != null) {
            // A table that was opened further down may come first: the error belongs to the second in the file.
            boolean inOrder = other.line() <= at.line();
            Position second = inOrder ? at : other;
            int first = inOrder ? other.line() : at.line();
            problems.error(
                    second.line(),
                    second.column(),
                    path,
                    "is the same host as in line " + first + "; only one of the two could ever apply");
        } else if (!problems.any()) {
            count(1 + hostRoutes.size(), at, path);
            policies.put(pattern, factory.policy(name, settings).withRoutes(hostRoutes));
            provenance.add(name, settings, at.line());
        }
    }

    /** Few hosts and few routes of a named policy may be many policies together. */
    private void count(int more, Position at, String path) {
        boolean enough = policyCount > MOST_POLICIES;
        policyCount += more;
        if (policyCount > MOST_POLICIES && !enough) {
            problems.error(
                    at.line(), at.column(), path, "the file has more than " + MOST_POLICIES + " policies and routes");
        }
    }
}
