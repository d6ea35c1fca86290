package dev.headwater.export;

/**
 * What has become of the events of an export.
 *
 * @param imported how many were appended
 * @param alreadyThere how many an earlier import had appended
 * @param samePositions whether every event has the position that it had in the exported log
 */
public record ImportSummary(long imported, long alreadyThere, boolean samePositions) {}
