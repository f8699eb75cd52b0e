package dev.holdfast.wild;

import java.io.File;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Calls in each style; with arguments (a jar and an agent's argument, once or more), loads these agents after that, one
 * after the other, and calls again. Prints what the last calls gave, and how often a {@link ConflictingAgent} met the
 * methods in which attempts are made.
 */
final class ConflictingAgentProgram {
    private ConflictingAgentProgram() {}

    public static void main(String[] arguments) throws Exception {
        String gave = Program.calls();
        for (int i = 0; i < arguments.length; i += 2) {
            ByteBuddyAgent.attach(
                    new File(arguments[i]),
                    Long.toString(ProcessHandle.current().pid()),
                    arguments[i + 1]);
        }
        if (arguments.length > 0) {
            System.getProperties().keySet().removeIf(key -> key.toString().contains(".http."));
            gave = Program.calls();
        }
        System.out.println(gave + "; send " + ConflictingAgent.met("jdk.internal.net.http.HttpClientImpl", "send")
                + ", openConnection "
                + (ConflictingAgent.met("sun.net.www.protocol.http.Handler", "openConnection") > 0 ? "met" : "missed")
                + ", facade "
                + (ConflictingAgent.met("jdk.internal.net.http.HttpClientFacade", "send") > 0 ? "met" : "missed"));
    }
}
