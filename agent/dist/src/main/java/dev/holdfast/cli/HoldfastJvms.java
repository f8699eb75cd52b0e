package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Some JVMs, as far as they carry Holdfast.
 *
 * @param jvms those that do
 * @param silent those that cannot be asked
 */
record HoldfastJvms(List<HoldfastJvm> jvms, List<Unresponsive> silent) {
    /** More than it takes to know that Holdfast is there and does not answer; a JVM that hangs may never do. */
    private static final long LONGEST_SECONDS = 30;

    /** Copies the lists. */
    HoldfastJvms {
        jvms = List.copyOf(jvms);
        silent = List.copyOf(silent);
    }

    /**
     * A JVM that carries Holdfast.
     *
     * @param pid its process
     * @param program its main class or jar
     * @param state what Holdfast does there
     * @param status as {@link dev.holdfast.observe.SnapshotJson} has it; nothing where Holdfast does not answer
     */
    record HoldfastJvm(long pid, String program, State state, JsonValue status) {}

    /** The state of Holdfast in a JVM. */
    enum State {
        /** Calls come under its policies. */
        ON,
        /** It was switched off. */
        OFF,
        /** It is loaded, and no policy is in force. */
        INACTIVE
    }

    /**
     * A JVM that cannot be asked.
     *
     * @param pid its process
     * @param why the reason
     */
    record Unresponsive(long pid, String why) {}

    /**
     * Asks JVMs, all at a time: one that hangs holds up none of the others.
     *
     * @param pids their processes
     * @param named whether the user named them, and so is told of one that does not exist
     */
    static HoldfastJvms among(List<Long> pids, boolean named) throws InterruptedException {
        List<FutureTask<Optional<HoldfastJvm>>> questions = new ArrayList<>();
        for (long pid : pids) {
            FutureTask<Optional<HoldfastJvm>> question = new FutureTask<>(() -> ask(pid));
            Thread thread = new Thread(question, "holdfast-list-" + pid);
            thread.setDaemon(true);
            thread.start();
            questions.add(question);
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        List<HoldfastJvm> jvms = new ArrayList<>();
        List<Unresponsive> silent = new ArrayList<>();
        for (int i = 0; i < pids.size(); i++) {
            long pid = pids.get(i);
            String why = null;
            try {
                questions
                        .get(i)
                        .get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)
                        .ifPresent(jvms::add);
            } catch (TimeoutException e) {
                why = "process " + pid + " has not answered within " + LONGEST_SECONDS + " s";
            } catch (ExecutionException e) {
                why = refusal(e.getCause());
            }
            if (why != null && (named || ProcessInfo.of(pid).isPresent())) {
                silent.add(new Unresponsive(pid, why));
            }
        }
        return new HoldfastJvms(jvms, silent);
    }

    private static String refusal(@Nullable Throwable cause) {
        return cause instanceof CommandException ? String.valueOf(cause.getMessage()) : String.valueOf(cause);
    }

    private static Optional<HoldfastJvm> ask(long pid) throws CommandException, InterruptedException {
        try (AttachedJvm jvm = AttachedJvm.attach(Long.toString(pid))) {
            if (!jvm.hasHoldfast()) {
                return Optional.empty();
            }
            String program = jvm.program();
            try (HoldfastJmxClient holdfast = HoldfastJmxClient.of(jvm, waiting -> {})) {
                JsonValue status = JsonValue.read(holdfast.status());
                return Optional.of(new HoldfastJvm(pid, program, ActivityDescription.state(status), status));
            } catch (HoldfastJmxClient.UnresponsiveException e) {
                return Optional.of(new HoldfastJvm(pid, program, State.INACTIVE, new JsonValue(null)));
            }
        }
    }
}
