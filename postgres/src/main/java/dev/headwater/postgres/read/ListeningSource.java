package dev.headwater.postgres.read;

import dev.headwater.postgres.jdbc.ConnectionSource;

/**
 * Where the connection comes from that listens for announcements.
 *
 * @param connections gives out the connection
 * @param isOwn whether the connection is there to listen alone and may be kept; one that is lent goes back every
 *     second, so that others get their turn and nobody takes it for a leak
 * @param isMeantFor whether somebody has said that notifications come through it, be there a pooler before the server
 *     or not
 */
public record ListeningSource(ConnectionSource connections, boolean isOwn, boolean isMeantFor) {}
