// The commands of `journeyctl signals`, each hung into the group.
#ifndef CLI_SIGNAL_COMMANDS_H_
#define CLI_SIGNAL_COMMANDS_H_

#include "cli/invocation.h"

namespace journey::cli {

void AddSignalForwardCommand(CLI::App& group, Invocation& invocation);
void AddSignalHandlingCommands(CLI::App& group, Invocation& invocation);
void AddSignalListCommand(CLI::App& group, Invocation& invocation);
void AddSignalWatchCommand(CLI::App& group, Invocation& invocation);

}  // namespace journey::cli

#endif  // CLI_SIGNAL_COMMANDS_H_
