// Each function hangs one group of commands into the command tree. The
// options live as long as the tree.
#ifndef CLI_COMMANDS_H_
#define CLI_COMMANDS_H_

#include "cli/invocation.h"

namespace journey::cli {

void AddAmendCommand(CLI::App& root, Invocation& invocation);
void AddAppendCommand(CLI::App& root, Invocation& invocation);
void AddCompletionCommand(CLI::App& root, Invocation& invocation);
void AddConfigCommands(CLI::App& root, Invocation& invocation);
void AddContactsCommand(CLI::App& group, Invocation& invocation);
void AddDealCommands(CLI::App& root, Invocation& invocation);
void AddDiffCommand(CLI::App& group, Invocation& invocation);
void AddGenerateCommand(CLI::App& root, Invocation& invocation);
void AddIdentityCommands(CLI::App& root, Invocation& invocation);
void AddIdentityResolveCommand(CLI::App& group, Invocation& invocation);
void AddIdentityWithdrawCommands(CLI::App& group, Invocation& invocation);
void AddImportCommand(CLI::App& root, Invocation& invocation);
void AddJourneyCommands(CLI::App& root, Invocation& invocation);
void AddMapCommand(CLI::App& group, Invocation& invocation);
void AddPlanCommand(CLI::App& group, Invocation& invocation);
void AddReadCommand(CLI::App& root, Invocation& invocation);
void AddRetractCommand(CLI::App& root, Invocation& invocation);
void AddRulesCommands(CLI::App& root, Invocation& invocation);
void AddSegmentsCommand(CLI::App& group, Invocation& invocation);
void AddSignalsCommands(CLI::App& root, Invocation& invocation);
void AddStatusCommand(CLI::App& root, Invocation& invocation);
void AddTailCommand(CLI::App& root, Invocation& invocation);
void AddTasksCommands(CLI::App& root, Invocation& invocation);
void AddTicketCommands(CLI::App& root, Invocation& invocation);
void AddTimelineCommand(CLI::App& group, Invocation& invocation);

}  // namespace journey::cli

#endif  // CLI_COMMANDS_H_
