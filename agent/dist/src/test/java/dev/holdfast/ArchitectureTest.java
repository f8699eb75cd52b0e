package dev.holdfast;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.net.URLConnection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tests which package may import which. The rules are the plan of the packages; a change of the plan is a change here.
 */
@AnalyzeClasses(packages = "dev.holdfast", importOptions = ArchitectureTest.OfAgent.class)
class ArchitectureTest {
    /** The classes of the agent: no tests, not those of other modules and their kit either. */
    static final class OfAgent implements ImportOption {
        private final ImportOption noTests = new DoNotIncludeTests();

        @Override
        public boolean includes(Location location) {
            return noTests.includes(location) && !location.contains("-tests.jar") && !location.contains("testkit");
        }
    }

    @ArchTest
    static final ArchRule imports_go_downwards_only = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.holdfast..")
            .layer("runtime")
            .definedBy("dev.holdfast.runtime..")
            .layer("admin")
            .definedBy("dev.holdfast.admin..")
            .layer("cli")
            .definedBy("dev.holdfast.cli..")
            .layer("client")
            .definedBy("dev.holdfast.client..")
            .layer("exchange")
            .definedBy("dev.holdfast.exchange..")
            .layer("fallback")
            .definedBy("dev.holdfast.fallback..")
            .layer("fleet")
            .definedBy("dev.holdfast.fleet..")
            .layer("store")
            .definedBy("dev.holdfast.store..")
            .layer("observe")
            .definedBy("dev.holdfast.observe..")
            .layer("simulation")
            .definedBy("dev.holdfast.simulation..")
            .layer("weave")
            .definedBy("dev.holdfast.weave..")
            .layer("instrumentation")
            .definedBy("dev.holdfast.instrumentation..")
            .layer("config")
            .definedBy("dev.holdfast.config..")
            .layer("call")
            .definedBy("dev.holdfast.call..")
            .layer("policy")
            .definedBy("dev.holdfast.policy..")
            .layer("inventory")
            .definedBy("dev.holdfast.inventory..")
            .whereLayer("inventory")
            .mayOnlyBeAccessedByLayers("runtime", "cli")
            .whereLayer("runtime")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("admin")
            .mayOnlyBeAccessedByLayers("runtime")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("runtime")
            .whereLayer("weave")
            .mayOnlyBeAccessedByLayers("runtime")
            .whereLayer("instrumentation")
            .mayOnlyBeAccessedByLayers("runtime", "client", "weave")
            .whereLayer("simulation")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("runtime", "admin", "cli")
            .whereLayer("fallback")
            .mayOnlyBeAccessedByLayers("runtime", "client", "exchange", "instrumentation")
            .whereLayer("fleet")
            .mayOnlyBeAccessedByLayers("runtime", "store", "fallback", "observe")
            .whereLayer("store")
            .mayOnlyBeAccessedByLayers("runtime")
            .whereLayer("exchange")
            .mayOnlyBeAccessedByLayers("client")
            .whereLayer("call")
            .mayOnlyBeAccessedByLayers(
                    "runtime",
                    "client",
                    "exchange",
                    "fallback",
                    "fleet",
                    "observe",
                    "weave",
                    "instrumentation",
                    "simulation")
            .whereLayer("observe")
            .mayOnlyBeAccessedByLayers("runtime", "admin", "cli", "simulation")
            .whereLayer("policy")
            .mayOnlyBeAccessedByLayers(
                    "runtime",
                    "admin",
                    "cli",
                    "client",
                    "config",
                    "call",
                    "exchange",
                    "fallback",
                    "fleet",
                    "store",
                    "observe",
                    "simulation");

    @ArchTest
    static final ArchRule clients_do_not_know_each_other = SlicesRuleDefinition.slices()
            .matching("dev.holdfast.client.(*)..")
            .should()
            .notDependOnEachOther();

    /** A client is to be read file by file: none has to be understood together with more than four others. */
    private static final int LARGEST_CIRCLE = 5;

    @ArchTest
    static void circles_of_types_are_small(JavaClasses all) {
        Map<JavaClass, Set<JavaClass>> files = new HashMap<>();
        for (JavaClass type : all) {
            if (resideInAnyPackage("dev.holdfast.client..", "dev.holdfast.exchange..")
                    .test(type)) {
                Set<JavaClass> others = files.computeIfAbsent(file(type), file -> new HashSet<>());
                type.getDirectDependenciesFromSelf().forEach(to -> others.add(file(to.getTargetClass())));
            }
        }
        Map<JavaClass, Set<JavaClass>> reached = new HashMap<>();
        files.keySet().forEach(file -> reached.put(file, reachableFrom(file, files)));
        for (JavaClass file : files.keySet()) {
            assertThat(reached.get(file))
                    .as("the files that " + file.getSimpleName() + " uses, and that use it")
                    .filteredOn(other -> reached.getOrDefault(other, Set.of()).contains(file))
                    .hasSizeLessThanOrEqualTo(LARGEST_CIRCLE);
        }
    }

    private static JavaClass file(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::file).orElse(type);
    }

    private static Set<JavaClass> reachableFrom(JavaClass from, Map<JavaClass, Set<JavaClass>> files) {
        Set<JavaClass> reached = new HashSet<>();
        Deque<JavaClass> next = new ArrayDeque<>(files.getOrDefault(from, Set.of()));
        while (!next.isEmpty()) {
            JavaClass file = next.pop();
            if (files.containsKey(file) && reached.add(file)) {
                next.addAll(files.get(file));
            }
        }
        return reached;
    }

    @ArchTest
    static final ArchRule policies_are_pure = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.holdfast.policy..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "java.io..",
                            "java.nio..",
                            "java.net.http..",
                            "java.util.concurrent..",
                            "java.util.logging..")
                    .and(com.tngtech.archunit.base.DescribedPredicate.describe(
                            "other than TimeUnit, atomics and the queue that nobody waits at",
                            c -> !c.getName().equals("java.util.concurrent.TimeUnit")
                                    && !c.getName().equals("java.util.concurrent.ConcurrentLinkedQueue")
                                    && !c.getName().startsWith("java.util.concurrent.atomic"))));

    @ArchTest
    static final ArchRule the_heart_touches_no_client = ArchRuleDefinition.noClasses()
            .that()
            .resideInAnyPackage("dev.holdfast.call..", "dev.holdfast.policy..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http..", "javax.net.ssl..", "net.bytebuddy..", "org.tomlj..");

    /** Those of {@code URLConnection} and its kind that begin an exchange where none is complete. */
    private static final Set<String> TALKING = Set.of(
            "connect",
            "getContent",
            "getContentEncoding",
            "getContentLength",
            "getContentLengthLong",
            "getContentType",
            "getDate",
            "getExpiration",
            "getHeaderField",
            "getHeaderFieldDate",
            "getHeaderFieldInt",
            "getHeaderFieldKey",
            "getHeaderFieldLong",
            "getHeaderFields",
            "getInputStream",
            "getLastModified",
            "getOutputStream",
            "getResponseCode",
            "getResponseMessage");

    /**
     * The methods that may call them: an attempt, where it sends and where it has asked; and those that pass the
     * application's own call on to the connection of a call that is settled.
     */
    private static final Set<String> TALKERS = Set.of(
            "Attempt.send",
            "Attempt.write",
            "Attempt.headOnce",
            "Attempt.stream",
            "ConnectionHead.bodyLength",
            "ConnectionHead.header",
            "ConnectionHead.message",
            "ConnectionHead.nameAt",
            "ConnectionHead.valueAt",
            "Exchange.connect",
            "Exchange.outputStream",
            "Exchange.establishedStream",
            "Exchange.inputStream",
            "Exchange.responseCode",
            "Exchange.responseMessage",
            "Exchange.codeAtTheEnd");

    /** Reading a connection of the JDK may send its request, without its body: {@code Attempt} knows when it is not. */
    @ArchTest
    static final ArchRule nothing_else_makes_a_connection_talk = ArchRuleDefinition.noClasses()
            .that()
            .resideOutsideOfPackage("dev.holdfast.observe.otlp..") // its own connection, to the receiver of the meters
            .should()
            .accessTargetWhere(com.tngtech.archunit.base.DescribedPredicate.describe(
                    "a connection of the JDK's is made to talk, or may be",
                    access -> TALKING.contains(access.getName())
                            && access.getTargetOwner().isAssignableTo(URLConnection.class)
                            && !access.getTargetOwner().getPackageName().startsWith("dev.holdfast.")
                            && !mayTalk(access.getOrigin())));

    private static boolean mayTalk(JavaCodeUnit from) {
        String owner = from.getOwner().getSimpleName();
        // What the compiler made of a lambda is named after its method.
        String method = from.getName().replaceAll("^lambda\\$(\\w+)\\$\\d+$", "$1");
        boolean wrapper = owner.equals("HttpConnectionWrapper") || owner.equals("HttpsConnectionWrapper");
        return wrapper ? TALKING.contains(method) : TALKERS.contains(owner + '.' + method);
    }
}
