package dev.holdfast.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The facts about a process that can be found without touching it. On Linux more than elsewhere, and it is needed there
 * most: attaching begins with a SIGQUIT, which ends a process that is no JVM.
 */
final class ProcessInfo {
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
        Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
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

    /** The program that it runs. */
    String command() {
        return process.info().command().orElse("");
    }

    /** Returns whether its command line has an argument. */
    boolean hasArgument(String argument) {
        return List.of(process.info().arguments().orElse(new String[0])).contains(argument);
    }
}
