import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startWords } from './i18n.ts';
import { guardTouch } from './guard-touch.ts';
import { createPage } from './page.ts';
import { resetPage } from './page-state.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { PageContext } from './use-page.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/fields.css';
import './styles/screens/attract.css';
import './styles/screens/find.css';
import './styles/screens/guide.css';
import './styles/screens/papers.css';
import './styles/screens/receipt.css';
import './styles/camera.css';
import './styles/service.css';
import './styles/phone.css';

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no place to be drawn');

startWords();
const page = createPage(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
guardTouch(() => page.touched());
page.start();

createRoot(root).render(
  <StrictMode>
    <PageContext value={page}>
      <ErrorBoundary
        onRestart={() => {
          resetPage(page.store);
          location.reload();
        }}
      >
        <App />
      </ErrorBoundary>
    </PageContext>
  </StrictMode>,
);
