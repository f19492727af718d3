// What journeyctl tells the shell. docs/CLI.md repeats this table.
#ifndef CLI_EXIT_CODES_H_
#define CLI_EXIT_CODES_H_

namespace journey::cli {

inline constexpr int kExitOk = 0;
// Something else went wrong: a file, the disk, a mistake in the server.
inline constexpr int kExitFailed = 1;
// The command line, the configuration or a mapping is not understood.
inline constexpr int kExitUsage = 2;
// The server is not reachable, is stopping, is overloaded or did not answer
// in time.
inline constexpr int kExitUnreachable = 3;
// The server does not know the subject, deal, pipeline, ticket or signal.
inline constexpr int kExitNotFound = 4;
// The server refused the request, or at least one row, or a receiver an event.
inline constexpr int kExitRefused = 5;
// Ctrl-C, as shells count it (128 + SIGINT).
inline constexpr int kExitInterrupted = 130;

}  // namespace journey::cli

#endif  // CLI_EXIT_CODES_H_
