package dev.holdfast.cli;

import dev.holdfast.observe.Management;
import java.io.IOException;
import java.util.function.Consumer;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Holdfast in another JVM of this machine, over its local management connection. */
final class HoldfastJmxClient implements AutoCloseable {
    /** The bean is there within a second or so of the first time that anybody wants an MBean server. */
    private static final int LONGEST_WAIT_MILLIS = 10_000;

    private static final int POLL_MILLIS = 50;

    /** The time after which the command says that it waits. */
    private static final int LONGEST_SILENCE_MILLIS = 2_000;

    /** Holdfast is there, but does not answer. */
    static final class UnresponsiveException extends CommandException {
        private static final long serialVersionUID = 1L;

        private UnresponsiveException(String why) {
            super(why);
        }
    }

    private final String process;
    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final ObjectName name;

    private HoldfastJmxClient(String process, JMXConnector connector) throws IOException, JMException {
        this.process = process;
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
        this.name = new ObjectName(Management.NAME);
    }

    /**
     * Connects.
     *
     * @param pid the process, as it was given
     * @param waiting is told what is waited for, if that takes long
     * @throws CommandException why that cannot be done
     */
    static HoldfastJmxClient of(String pid, Consumer<String> waiting) throws CommandException, InterruptedException {
        try (AttachedJvm jvm = AttachedJvm.attach(pid)) {
            if (!jvm.hasHoldfast()) {
                throw new CommandException("there is no Holdfast in process " + jvm + "; attach brings it in");
            }
            return of(jvm, waiting);
        }
    }

    /**
     * Connects to a JVM that carries Holdfast.
     *
     * @param waiting is told what is waited for, if that takes long
     * @throws CommandException why that cannot be done
     */
    @SuppressWarnings("BanJNDI") // the address is none of a stranger's: the JVM itself has just given it
    static HoldfastJmxClient of(AttachedJvm jvm, Consumer<String> waiting)
            throws CommandException, InterruptedException {
        String process = jvm.toString();
        String address = jvm.managementAddress();
        HoldfastJmxClient holdfast;
        try {
            holdfast = new HoldfastJmxClient(process, JMXConnectorFactory.connect(new JMXServiceURL(address)));
        } catch (IOException | JMException e) {
            throw new CommandException("process " + process + " cannot be managed from here: " + e.getMessage());
        }
        holdfast.await(waiting);
        return holdfast;
    }

    private void await(Consumer<String> waiting) throws CommandException, InterruptedException {
        long begin = System.nanoTime();
        boolean told = false;
        try {
            while (!beans.isRegistered(name)) {
                long millis = (System.nanoTime() - begin) / 1_000_000;
                if (millis > LONGEST_WAIT_MILLIS) {
                    close();
                    throw new UnresponsiveException(
                            "Holdfast is loaded in process " + process + ", but has not answered within "
                                    + LONGEST_WAIT_MILLIS / 1000
                                    + " s: its start failed, and the program's standard error says why; or it is "
                                    + "inactive, and"
                                    + " of a version that does not answer then");
                }
                if (!told && millis > LONGEST_SILENCE_MILLIS) {
                    told = true;
                    waiting.accept("waiting up to " + LONGEST_WAIT_MILLIS / 1000 + " s for Holdfast in process "
                            + process + " to register with its JVM's management");
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** The process and its program. */
    String process() {
        return process;
    }

    /** Returns the status as {@link dev.holdfast.observe.SnapshotJson} writes it. */
    String status() throws CommandException {
        try {
            return (String) beans.invoke(name, "statusJson", new Object[0], new String[0]);
        } catch (IOException | JMException e) {
            throw gone(e);
        }
    }

    /** Throws the run-time switch. */
    void switchOn(boolean on) throws CommandException {
        try {
            beans.setAttribute(name, new Attribute("On", on));
        } catch (IOException | JMException e) {
            throw gone(e);
        }
    }

    private CommandException gone(Exception e) {
        return new CommandException("process " + process + " does not answer any more: " + e.getMessage());
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The other side is gone.
        }
    }
}
