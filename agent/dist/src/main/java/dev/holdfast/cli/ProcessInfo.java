package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The facts about a process that can be read without touching it. Linux tells more than other platforms, and needs it
 * most: attaching begins with a SIGQUIT, which ends a process that does not handle it.
 */
final class ProcessInfo {
    private static final Path PROC = Path.of("/proc");

    /** The bit of SIGQUIT, signal 3, in the masks of {@code /proc/PID/status}. */
    private static final long SIGQUIT = 1L << 2;

    private final ProcessHandle process;

    private ProcessInfo(ProcessHandle process) {
        this.process = process;
    }

    /** Returns the facts about a process; empty if there is no such process. */
    static Optional<ProcessInfo> of(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(ProcessInfo::new);
    }

    /** Returns all JVMs that are known to run as the user of this command, except the one that runs it. */
    static List<ProcessInfo> ownJvms() {
        String own = ownUser();
        return ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .map(ProcessInfo::new)
                .filter(process -> !own.isEmpty() && process.user().equals(own))
                .filter(process -> process.isJava().orElse(false))
                .toList();
    }

    /** Its number. */
    long pid() {
        return process.pid();
    }

    /** Returns the user who runs it; empty if that cannot be known. */
    String user() {
        return process.info().user().orElse("");
    }

    /** Returns the user who runs this command; empty if that cannot be known. */
    static String ownUser() {
        return ProcessHandle.current().info().user().orElse("");
    }

    /** Returns whether it has a Java virtual machine; none if that cannot be known. */
    Optional<Boolean> isJava() {
        Path maps = PROC.resolve(Long.toString(process.pid())).resolve("maps");
        if (Files.isReadable(maps)) {
            try (Stream<String> lines = Files.lines(maps)) {
                return Optional.of(lines.anyMatch(line -> line.endsWith("/libjvm.so") || line.contains("/libj9vm")));
            } catch (IOException | RuntimeException e) {
                // Another user's: as if it were not there.
            }
        }
        return process.info()
                .command()
                .map(command -> command.matches("(?i).*[/\\\\]javaw?(\\.exe)?") ? Boolean.TRUE : null);
    }

    /**
     * Returns whether it survives the start of an attach: it handles SIGQUIT, or listens on its attach socket, so that
     * no signal is sent. A JVM that starts up handles the signal only after a moment; the attach API of JDK 17 does not
     * check that.
     *
     * @return empty if the platform does not tell
     */
    Optional<Boolean> survivesAttach() {
        try {
            Path directory = PROC.resolve(Long.toString(process.pid()));
            List<String> status = Files.readAllLines(directory.resolve("status"));
            Instant started = process.info().startInstant().orElse(Instant.MIN);
            return survivesAttach(status, directory.resolve("root/tmp"), started);
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * See {@link #survivesAttach()}.
     *
     * @param status the lines of {@code /proc/PID/status}
     * @param temporary the process's {@code /tmp}
     * @param started when the process began
     * @throws IOException the age of its socket cannot be read
     */
    static Optional<Boolean> survivesAttach(List<String> status, Path temporary, Instant started) throws IOException {
        Optional<Boolean> handles = Optional.empty();
        for (String line : status) {
            if (line.startsWith("SigCgt:")) {
                handles = Optional.of((Long.parseUnsignedLong(valueOf(line), 16) & SIGQUIT) != 0);
            } else if (line.startsWith("NSpid:")) {
                // The last number is the one in the process's own PID namespace, after which it names its socket.
                String value = valueOf(line);
                String own = value.substring(value.lastIndexOf('\t') + 1);
                Path socket = temporary.resolve(".java_pid" + own);
                if (Files.exists(socket) && !isOlder(socket, started)) {
                    return Optional.of(true);
                }
            }
        }
        return handles;
    }

    /** Returns whether a socket is the one of an earlier process with the same number, which was killed. */
    private static boolean isOlder(Path socket, Instant started) throws IOException {
        // The start is known to about a second: the kernel counts it from the boot, in ticks.
        return Files.getLastModifiedTime(socket).toInstant().plusSeconds(2).isBefore(started);
    }

    private static String valueOf(String line) {
        return line.substring(line.indexOf(':') + 1).strip();
    }

    /** The program that it runs. */
    String command() {
        return process.info().command().orElse("");
    }

    /** Returns whether its command line has an argument. */
    boolean hasArgument(String argument) {
        return List.of(process.info().arguments().orElse(new String[0])).contains(argument);
    }
}
