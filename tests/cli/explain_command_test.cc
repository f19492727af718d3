#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "cli/instants.h"
#include "google/protobuf/text_format.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

// 1735689600 is 2025-01-01.
constexpr char kExplanation[] = R"(
  subject { type: SUBJECT_TYPE_ACCOUNT id: 'acme' }
  as_of { seconds: 1738368000 }
  stage {
    visit {
      stage_id: 'lead' entered_at { seconds: 1735689600 }
      explanation { rule_id: 'lifecycle.contact_made' rule_set_id: 'default'
                    rule_set_version: 2 text: 'The customer made contact.' }
    }
    causes {
      touchpoint { source: 'web' touchpoint_id: 'f1' } position: 1234
      occurred_at { seconds: 1735689600 }
      kind: TOUCHPOINT_KIND_FORM_SUBMISSION action: 'contact'
    }
  }
  lead {
    standing {
      status: LEAD_STATUS_CUSTOMER since { seconds: 1735689600 }
      explanation { rule_id: 'qualification.purchase' rule_set_id: 'default'
                    rule_set_version: 2 text: 'The customer has bought.' }
      open_request {
        requested_at { seconds: 1738281600 }
        explanation { text: 'A form asked.' }
      }
    }
    open_request_causes {
      touchpoint { source: 'web' touchpoint_id: 'f2' } position: 1235
      occurred_at { seconds: 1738281600 }
      kind: TOUCHPOINT_KIND_SITE_VISIT
    }
  }
  behaviour {
    score { points: 21.26 qualifying_points: 20 mql_threshold: 50 }
    explanation { rule_id: 'scoring.behaviour' rule_set_id: 'default'
                  rule_set_version: 2 text: 'The points of all.' }
    contributions {
      cause {
        touchpoint { source: 'web' touchpoint_id: 'v9' } position: 99
        occurred_at { seconds: 1738281600 }
        kind: TOUCHPOINT_KIND_SITE_VISIT
      }
      condition_id: 'visit' condition_name: 'Visited the site'
      points: 1 points_cut: 1 points_left: 0.94 group_id: 'visits'
    }
    contributions_left_out: 1500
    left_out_points: 20.3
    caps { group_id: 'visits' cap_points_per_week: 20 weeks_cut: 2
           points_cut: 31 points_cut_left: 12.34 }
  }
  fit {
    points: -20
    explanation { rule_id: 'scoring.fit' rule_set_id: 'default'
                  rule_set_version: 2 text: 'What profiles say.' }
    contributions {
      cause {
        touchpoint { source: 'crm' touchpoint_id: 'p1' } position: 7
        occurred_at { seconds: 1735689600 }
        kind: TOUCHPOINT_KIND_PROFILE
      }
      condition_id: 'free_mail' condition_name: 'Free mail' points: -20
    }
  }
  stalls {
    deal_id: 'D-1' deal_name: 'Mill'
    stall {
      reason: STALL_REASON_INACTIVE severity: STALL_SEVERITY_WARNING
      since { seconds: 1736294400 }
      explanation { rule_id: 'stall.inactive' rule_set_id: 'default'
                    rule_set_version: 2 text: 'The customer is silent.' }
    }
    causes {
      touchpoint { source: 'crm' touchpoint_id: 'd1' } position: 8
      occurred_at { seconds: 1735689600 }
      kind: TOUCHPOINT_KIND_DEAL action: 'opened'
    }
  }
  stalls_left_out: 3
)";

class ExplainCommandTest : public ::testing::Test {
 protected:
  ExplainCommandTest() {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        kExplanation, server_.journeys.explanation.mutable_explanation()));
  }

  FakeServer server_;
};

TEST_F(ExplainCommandTest, SaysWhyInWordsAndNamesTheTouchpoints) {
  const RunResult result = RunCli(
      server_.With({"journey", "explain", "deal:D-1", "--as-of", "-1d"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  const v1::ExplainJourneyRequest& request = server_.journeys.explain_request;
  EXPECT_EQ(cli::Rfc3339(request.as_of()), "2025-02-28T00:00:00Z");
  EXPECT_EQ(request.tenant_id(), "acme");
  EXPECT_EQ(request.subject().type(), v1::SUBJECT_TYPE_DEAL);
  EXPECT_EQ(result.out, R"(Journey  account:acme
As of    2025-02-01 00:00

STAGE
Now   lead since 2025-01-01 00:00 (31d)
Why   The customer made contact.
Rule  lifecycle.contact_made (rule set default, version 2)

OCCURRED          TOUCHPOINT               SOURCE  ID  POSITION
2025-01-01 00:00  form_submission contact  web     f1     1,234

LEAD STATUS
Now           customer since 2025-01-01 00:00 (31d)
Why           The customer has bought.
Rule          qualification.purchase (rule set default, version 2)
Open request  since 2025-01-31 00:00 (1d): A form asked.

OCCURRED          TOUCHPOINT  SOURCE  ID  POSITION
2025-01-31 00:00  site_visit  web     f2     1,235

BEHAVIOUR SCORE
Now         21.3 points, of which 20.0 count; 50 make an MQL
Why         The points of all.
Rule        scoring.behaviour (rule set default, version 2)
Cap         visits: 20 points a week; cut 31 in 2 weeks, now worth 12.3
Not listed  1,500 older ones, of which 20.3 points are left

OCCURRED          WHAT              POINTS  CUT  LEFT  COUNTS  SOURCE  ID  POSITION
2025-01-31 00:00  Visited the site       1    1   0.9  no      web     v9        99

FIT SCORE
Now   -20 points
Why   What profiles say.
Rule  scoring.fit (rule set default, version 2)

OCCURRED          WHAT       POINTS  SOURCE  ID  POSITION
2025-01-01 00:00  Free mail     -20  crm     p1         7

STALL
Deal  D-1  Mill
Now   inactive, warning, since 2025-01-08 00:00 (24d)
Why   The customer is silent.
Rule  stall.inactive (rule set default, version 2)

OCCURRED          TOUCHPOINT   SOURCE  ID  POSITION
2025-01-01 00:00  deal opened  crm     d1         8

3 more stalls.
)");
}

TEST_F(ExplainCommandTest, JsonIsTheAnswerOfTheApi) {
  const RunResult result = RunCli(
      server_.With({"journey", "explain", "account:acme", "-o", "json"}));
  EXPECT_EQ(result.code, cli::kExitOk) << result.err;
  EXPECT_THAT(result.out, HasSubstr("\"contributions_left_out\": \"1500\""));
}

TEST_F(ExplainCommandTest, NotFoundIsThatExitCode) {
  server_.journeys.error = ToGrpc(MakeError(grpc::StatusCode::NOT_FOUND,
                                            v1::ERROR_REASON_SUBJECT_NOT_FOUND,
                                            "account x is unknown"));
  EXPECT_EQ(RunCli(server_.With({"journey", "explain", "account:x"})).code,
            cli::kExitNotFound);
}

}  // namespace
}  // namespace journey::testing
