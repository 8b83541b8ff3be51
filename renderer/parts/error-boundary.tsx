import { Component, type ReactNode } from 'react';
import { withTranslation, type WithTranslation } from 'react-i18next';
import { Button } from './button.tsx';

interface Props extends WithTranslation {
  readonly children: ReactNode;
  /** Forgets everything and begins anew. */
  readonly onRestart: () => void;
}

class Boundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    const { t, onRestart, children } = this.props;
    if (!this.state.broken) return children;
    return (
      <main className="broken">
        <h1>{t('broken.title')}</h1>
        <p>{t('broken.text')}</p>
        <Button look="primary" onPress={onRestart}>
          {t('broken.restart')}
        </Button>
      </main>
    );
  }
}

/** When a screen cannot be drawn there are plain words and a way on, never a white page. */
export const ErrorBoundary = withTranslation()(Boundary);
