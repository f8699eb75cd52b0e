package dev.holdfast.cli;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.holdfast.observe.ProcessIdentity;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;

/**
 * A JVM that was attached to by the JDK's own attach API. (Byte Buddy's agent library would add only what works without
 * that API, and needs a native library for it.) Whatever can be found out beforehand is, so that nobody's process is
 * disturbed for nothing; and each way in which it can fail has its own message.
 */
final class AttachedJvm implements AutoCloseable {
    private static final String WATCH = "dev.holdfast.launch.AgentTransformer";
    private static final int OLDEST_JAVA = 17;
    private static final int WARNS_OF_AGENTS = 21;

    private final long pid;
    private final VirtualMachine machine;

    private AttachedJvm(long pid, VirtualMachine machine) {
        this.pid = pid;
        this.machine = machine;
    }

    /**
     * Attaches.
     *
     * @param text the process, as it was given
     * @throws CommandException why that cannot be done
     */
    static AttachedJvm attach(String text) throws CommandException {
        long pid;
        try {
            pid = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CommandException(
                    "\"" + Cli.withoutSecrets(text) + "\" is no process id; jps or jcmd list those of JVMs");
        }
        Optional<ProcessInfo> found = pid <= 0 ? Optional.empty() : ProcessInfo.of(pid);
        if (found.isEmpty()) {
            throw new CommandException("there is no process " + pid + "; jps or jcmd list those of JVMs");
        }
        if (pid == ProcessHandle.current().pid()) {
            throw new CommandException("process " + pid + " is this command itself");
        }
        refuse(pid, found.get());
        try {
            return new AttachedJvm(pid, VirtualMachine.attach(text));
        } catch (AttachNotSupportedException e) {
            throw new CommandException(
                    "the JVM of process " + pid + " does not let itself be attached to: it was started with"
                            + " -XX:+DisableAttachMechanism, or hangs (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new CommandException("cannot attach to process " + pid + ": " + e.getMessage());
        } catch (NoClassDefFoundError e) {
            throw new CommandException(
                    "this command needs the module jdk.attach, which a JDK has and the Java that runs it ("
                            + System.getProperty("java.home") + ") has not");
        }
    }

    /** Refuses JVMs that are known to be unsuitable without attaching. */
    private static void refuse(long pid, ProcessInfo process) throws CommandException {
        String user = process.user();
        String own = ProcessInfo.ownUser();
        if (!user.isEmpty() && !own.isEmpty() && !user.equals(own) && !own.equals("root")) {
            throw new CommandException("process " + pid + " is " + user + "'s, and this command is run by " + own
                    + "; a JVM lets only its own user attach: sudo -u " + user + " java -jar ...");
        }
        Optional<Boolean> java = process.isJava();
        if (!java.orElseGet(() -> isListed(pid))) {
            String command = process.command();
            throw new CommandException("process " + pid + (command.isEmpty() ? "" : " (" + command + ")")
                    + (java.isPresent()
                            ? " is no JVM"
                            : " cannot be seen to be a JVM, and attaching would send it a signal; run this "
                                    + "as its user"));
        }
        if (!process.survivesAttach().orElse(true)) {
            throw new CommandException(
                    "process " + pid + " does not handle the signal that attaching begins with, which would end"
                            + " it: it is starting up (try again), or is no JVM that can be attached to");
        }
        if (process.hasArgument("-XX:+DisableAttachMechanism")) {
            throw new CommandException("process " + pid + " was started with -XX:+DisableAttachMechanism; start it with"
                    + " -javaagent:holdfast-agent.jar=FILE instead");
        }
    }

    /** Returns whether it is among the JVMs whose monitoring data this user may read, as {@code jcmd} lists them. */
    private static boolean isListed(long pid) {
        try {
            String id = Long.toString(pid);
            return VirtualMachine.list().stream().anyMatch(jvm -> jvm.id().equals(id));
        } catch (NoClassDefFoundError e) {
            return true; // without the module jdk.attach nothing is sent either
        }
    }

    /** The process. */
    long pid() {
        return pid;
    }

    /** Its main class or jar, without its arguments, in the words of its own log; empty if it does not tell. */
    String program() {
        try {
            String command = machine.getAgentProperties().getProperty("sun.java.command", "");
            return command.isEmpty()
                    ? ""
                    : ProcessIdentity.program(
                            command, machine.getSystemProperties().getProperty("java.class.path", ""));
        } catch (IOException e) {
            return "";
        }
    }

    /** {@code 123 (com.example.Shop)}. */
    @Override
    public String toString() {
        String program = program();
        return pid + (program.isEmpty() ? "" : " (" + program + ")");
    }

    /** The number of its Java. */
    int javaVersion() throws CommandException {
        String version = property("java.specification.version");
        try {
            return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        } catch (NumberFormatException e) {
            throw new CommandException("process " + pid + " does not say which Java it is");
        }
    }

    /** One of its system properties, empty if it is not set. */
    String property(String name) throws CommandException {
        try {
            Properties properties = machine.getSystemProperties();
            return properties.getProperty(name, "");
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Returns whether loading an agent prints a warning there. */
    boolean warnsOfAgents() throws CommandException {
        try {
            return javaVersion() >= WARNS_OF_AGENTS
                    && !machine.getAgentProperties()
                            .getProperty("sun.jvm.args", "")
                            .contains("-XX:+EnableDynamicAgentLoading");
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /**
     * Returns whether Holdfast is loaded there already. There is no public way to ask that leaves no trace: a system
     * property would be the application's to see, JMX would have to be started. So it is the diagnostic command that
     * {@code jcmd} sends, by a method of the JDK's implementation that the jar's manifest has exported to it; should
     * that be gone, nothing is known.
     */
    boolean hasHoldfast() throws CommandException {
        try (InputStream response = (InputStream) machine.getClass()
                .getMethod("executeJCmd", String.class)
                .invoke(machine, "VM.class_hierarchy " + WATCH)) {
            return new String(response.readAllBytes(), StandardCharsets.UTF_8).contains(WATCH + "/");
        } catch (InvocationTargetException | IOException e) {
            throw gone(e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }

    private CommandException gone(Exception e) {
        return new CommandException("process " + pid + " does not answer any more: " + e);
    }

    /**
     * Loads the agent.
     *
     * @param jar the agent
     * @param argument its argument, with {@code strict=true}, so that what is wrong is known when this returns
     */
    void load(File jar, String argument) throws CommandException {
        int java = javaVersion();
        if (java < OLDEST_JAVA) {
            throw new CommandException(
                    "process " + this + " runs on Java " + java + "; Holdfast needs Java " + OLDEST_JAVA + " or newer");
        }
        try {
            machine.loadAgent(jar.getAbsolutePath(), argument);
        } catch (AgentInitializationException e) {
            throw new CommandException("the agent did not start in process " + this
                    + " under that file: the program's standard error says why; its user must be able to "
                    + "read the file, too");
        } catch (AgentLoadException e) {
            String why = String.valueOf(e.getMessage());
            throw new CommandException(
                    why.contains("Dynamic agent loading is not enabled")
                            ? "process " + this + " was started with -XX:-EnableDynamicAgentLoading, so no agent may be"
                                    + " loaded while it runs; start it with -javaagent:holdfast-agent.jar=FILE instead"
                            : "process " + this + " cannot load " + jar.getAbsolutePath() + ": " + why
                                    + "; its user must be able to read it, at this path");
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Starts its local management agent, as {@code jconsole} does, and gives its address. */
    String managementAddress() throws CommandException {
        try {
            return machine.startLocalManagementAgent();
        } catch (IOException | RuntimeException e) {
            throw new CommandException("process " + this + " cannot be managed: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            machine.detach();
        } catch (IOException e) {
            // It has ended, and wants nothing of us.
        }
    }
}
